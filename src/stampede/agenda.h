#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "stampede/ordered_queue.h"
#include "stampede/time.h"

namespace rcache::stampede {

/// What a request does next. A Redis command *executes* half a round trip after it was sent and is
/// answered half a round trip later.
enum class Stage : std::uint8_t {
  start_load,   ///< the loader turns to the database
  store,        ///< its SET executes
  answer,       ///< the client has its answer
  time_out,     ///< of a load; `who` is the load
  ask,          ///< a client of a closed loop asks; `who` is the client
  invalidate,   ///< all keys are deleted
  acquire,      ///< of a process's own mutex
  look,         ///< a GET executes once more
  look_once,    ///< the same, and who finds nothing loads
  try_lock,     ///< SET NX, or redlock's script
  retry_reply,  ///< of a redlock script that found the lock taken
  read_lock,    ///< GET of the lock, before its DEL
  drop_lock,    ///< DEL of the lock
  release_lock  ///< the script that deletes a lock of ours only
};

struct Event {
  Nanos at = 0;
  std::uint64_t number = 0;  ///< what comes first of what comes at the same time
  std::uint32_t who = 0;
  Stage stage = Stage::answer;

  bool operator<(const Event& other) const {
    return at != other.at ? at < other.at : number < other.number;
  }
};

/// All that will happen. Delays that are the same for all (a round trip, a poll) have a line each,
/// where what comes last is last; so only random delays cost a heap's logarithm.
class Agenda {
 public:
  /// The line for a delay; the same delay gives the same line.
  std::size_t line(Nanos delay) {
    for (std::size_t index = 0; index < used_; ++index) {
      if (delays_[index] == delay) return index;
    }
    delays_[used_] = delay;
    return used_++;
  }

  void after(std::size_t line, Nanos now, Stage stage, std::uint32_t who) {
    push(line, {now + delays_[line], ++number_, who, stage});
  }
  /// At any moment from now on.
  void at(Nanos moment, Stage stage, std::uint32_t who) {
    push(k_random, {moment, ++number_, who, stage});
  }

  /// When the next one is due; k_never when there is none.
  Nanos soonest() const { return soonest_; }

  /// Takes the next one out. In: there is one.
  Event take() {
    std::size_t first = 0;
    for (std::size_t index = 0; index < used_; ++index) {
      if (due_[index] == soonest_) {
        first = index;
        break;
      }
    }
    for (std::size_t index = first + 1; index < used_; ++index) {
      if (due_[index] == soonest_ && lines_[index].front() < lines_[first].front()) first = index;
    }
    const Event event = lines_[first].front();
    lines_[first].pop();
    due_[first] = lines_[first].empty() ? k_never : lines_[first].front().at;
    soonest_ = due_[0];
    for (std::size_t index = 1; index < used_; ++index) soonest_ = std::min(soonest_, due_[index]);
    return event;
  }

 private:
  static constexpr std::size_t k_random = 0;
  static constexpr std::size_t k_most_lines = 8;

  void push(std::size_t line, const Event& event) {
    lines_[line].push(event);
    due_[line] = std::min(due_[line], event.at);
    soonest_ = std::min(soonest_, event.at);
  }
  static constexpr std::array<Nanos, k_most_lines> nothing_due() {
    std::array<Nanos, k_most_lines> due{};
    due.fill(k_never);
    return due;
  }

  std::array<OrderedQueue<Event>, k_most_lines> lines_;
  std::array<Nanos, k_most_lines> due_ = nothing_due();  ///< the first event of each line
  std::array<Nanos, k_most_lines> delays_{k_never};
  std::size_t used_ = 1;
  std::uint64_t number_ = 0;
  Nanos soonest_ = k_never;
};

}  // namespace rcache::stampede
