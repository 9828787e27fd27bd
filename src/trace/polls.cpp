#include "trace/polls.h"

#include <cstdlib>
#include <vector>

#include "trace/presence.h"

namespace rcache::trace {
namespace {

constexpr std::int64_t k_millisecond = 1'000'000;
constexpr std::int64_t k_longest_pause = 10'000 * k_millisecond;  // behind a try for a lock
constexpr std::int64_t k_shortest_pace = 5 * k_millisecond;
constexpr std::int64_t k_longest_pace = 2000 * k_millisecond;

/// What one source is waiting for.
struct Wait {
  std::uint32_t key = k_unknown;
  std::int64_t begin_ns = 0;
  std::int64_t last_ns = 0;
  std::int64_t pause_ns = 0;  ///< between its last two reads
  bool lock_tried = false;    ///< since its last read
  bool for_lock = false;      ///< a lock was tried at all: no doubt that it waits
  std::vector<std::size_t> polls;
};

bool is_even(std::int64_t pause, std::int64_t before) {
  if (pause < k_shortest_pace || pause > k_longest_pace) return false;
  return before == 0 || std::abs(pause - before) <= pause / 10 + k_millisecond;
}

class Polls {
 public:
  explicit Polls(const Trace& trace)
      : presence_(trace.keys.size()),
        waits_(trace.sources + std::size_t{1}),
        drop_(trace.events.size()) {}

  void take(const Event& event, std::size_t index) {
    auto& wait = waits_[event.source];
    if (event.verb == Verb::get) {
      read(wait, event, index);
    } else if (event.verb == Verb::add) {
      if (wait.key != k_unknown) wait.lock_tried = wait.for_lock = true;
    } else if (event.verb != Verb::look) {
      end(wait);
    }
    presence_.take(event);
  }
  std::uint64_t finish(Trace& trace) {
    for (auto& wait : waits_) end(wait);
    auto& events = trace.events;
    std::size_t kept = 0;
    for (std::size_t index = 0; index < events.size(); ++index)
      if (!drop_[index]) events[kept++] = events[index];
    const auto dropped = events.size() - kept;
    events.resize(kept);
    return dropped;
  }

 private:
  void read(Wait& wait, const Event& event, std::size_t index) {
    const bool same = wait.key == event.key;
    const auto pause = event.time_ns - wait.last_ns;
    if (presence_.at(event.key, event.time_ns) == Presence::State::present) {
      // It came while somebody waited for it: this is the look that finds it.
      const bool found = same && presence_.last_set_ns(event.key) > wait.begin_ns &&
                         (wait.lock_tried ? pause <= k_longest_pause
                                          : !wait.polls.empty() && is_even(pause, wait.pause_ns));
      if (found) {
        wait.polls.push_back(index);
        wait.for_lock = true;
      }
      return end(wait);
    }
    const bool goes_on =
        same && (wait.lock_tried ? pause <= k_longest_pause : is_even(pause, wait.pause_ns));
    if (!goes_on) {
      end(wait);
      wait.key = event.key;
      wait.begin_ns = event.time_ns;
    } else {
      wait.polls.push_back(index);
      wait.pause_ns = wait.lock_tried ? 0 : pause;
    }
    wait.last_ns = event.time_ns;
    wait.lock_tried = false;
  }

  /// Reads at an even pace alone may be anything: they count only when the value came.
  void end(Wait& wait) {
    if (wait.key == k_unknown) return;
    if (wait.for_lock)
      for (const auto index : wait.polls) drop_[index] = true;
    wait = Wait{};
  }

  Presence presence_;
  std::vector<Wait> waits_;
  std::vector<bool> drop_;
};

}  // namespace

std::uint64_t collapse_polls(Trace& trace) {
  if (trace.sources == 0) return 0;
  Polls polls(trace);
  for (std::size_t index = 0; index < trace.events.size(); ++index)
    polls.take(trace.events[index], index);
  return polls.finish(trace);
}

}  // namespace rcache::trace
