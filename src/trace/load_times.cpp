#include "trace/load_times.h"

#include <algorithm>
#include <unordered_map>
#include <vector>

#include "trace/hash.h"
#include "trace/presence.h"

namespace rcache::trace {
namespace {

constexpr std::int64_t k_longest_load_ns = 60'000'000'000;

/// Pairs reads and writes.
class Pairs {
 public:
  Pairs(const Trace& trace, LoadTimes& out)
      : out_(out),
        presence_(trace.keys.size()),
        first_miss_(trace.keys.size(), k_none),
        loading_(trace.keys.size()) {}

  /// Out:     the load time that ends with this event, in microseconds; k_unknown when none does.
  std::uint32_t take(const Event& event) {
    auto load = k_unknown;
    if (event.verb == Verb::get) {
      read(event);
    } else if (event.verb == Verb::set) {
      load = written(event);
    }
    presence_.take(event);
    return load;
  }

 private:
  static constexpr std::int64_t k_none = -1;

  static std::uint64_t by(const Event& event) {
    return std::uint64_t{event.source} << 32U | event.key;
  }

  void read(const Event& event) {
    const auto state = presence_.at(event.key, event.time_ns);
    if (state == Presence::State::present) {
      // Whoever finds the value has nothing to load.
      if (loading_[event.key] > 0) loading_[event.key] -= asked_.erase(by(event));
      return;
    }
    // Once the key is surely gone, the first one is the load's begin, and those behind it only
    // wait. Before its first write nobody knows, and the nearest one says the least that is wrong.
    const auto [place, is_new] = asked_.try_emplace(by(event), event.time_ns);
    if (is_new) ++loading_[event.key];
    auto& asked = place->second;
    if (state == Presence::State::unknown || asked <= presence_.last_set_ns(event.key) ||
        event.time_ns - asked > k_longest_load_ns) {
      asked = event.time_ns;
    }
    auto& miss = first_miss_[event.key];
    if (state == Presence::State::absent && miss == k_none) miss = event.time_ns;
  }

  std::uint32_t written(const Event& event) {
    std::int64_t begin = k_none;
    if (const auto asked = asked_.find(by(event)); asked != asked_.end()) {
      begin = asked->second;
      asked_.erase(asked);
      --loading_[event.key];
    }
    const bool same = begin != k_none && event.time_ns - begin <= k_longest_load_ns;
    if (!same) begin = first_miss_[event.key];
    first_miss_[event.key] = k_none;
    if (begin == k_none || event.time_ns - begin > k_longest_load_ns) {
      ++out_.written_ahead;
      return k_unknown;
    }
    ++out_.inferred;
    if (same) ++out_.same_source;
    // Nothing takes no time: 0 would mean that nobody knows.
    return static_cast<std::uint32_t>(std::max<std::int64_t>((event.time_ns - begin) / 1000, 1));
  }

  LoadTimes& out_;
  Presence presence_;
  std::vector<std::int64_t> first_miss_;  ///< by key: since it is surely gone
  std::vector<std::size_t> loading_;      ///< by key: how many have asked and not written
  std::unordered_map<std::uint64_t, std::int64_t> asked_;
};

double at_ratio(const std::vector<std::uint32_t>& sorted, double ratio) {
  const auto last = static_cast<double>(sorted.size() - 1);
  return static_cast<double>(sorted[static_cast<std::size_t>(last * ratio + 0.5)]) / 1e6;
}

}  // namespace

LoadTimes infer_load_times(Trace& trace, std::uint64_t seed) {
  LoadTimes out;
  Pairs pairs(trace, out);
  std::vector<std::uint32_t> samples;
  std::vector<std::uint32_t> of_key(trace.keys.size(), k_unknown);  // the first one of each
  std::vector<std::pair<std::size_t, std::uint32_t>> ends;          // event, load
  for (std::size_t index = 0; index < trace.events.size(); ++index) {
    auto& event = trace.events[index];
    auto load = pairs.take(event);
    if (event.load_us != k_unknown) {
      ++out.given;
      load = event.load_us;
    }
    if (load == k_unknown) continue;
    event.load_us = load;
    samples.push_back(load);
    ends.emplace_back(index, load);
    if (event.key != k_unknown && of_key[event.key] == k_unknown) of_key[event.key] = load;
  }
  if (samples.empty()) return out;
  const auto drawn = samples;
  std::sort(samples.begin(), samples.end());
  out.p50_seconds = at_ratio(samples, 0.5);
  out.p90_seconds = at_ratio(samples, 0.9);
  out.p99_seconds = at_ratio(samples, 0.99);
  out.max_seconds = static_cast<double>(samples.back()) / 1e6;
  auto end = ends.begin();
  for (std::size_t index = 0; index < trace.events.size(); ++index) {
    auto& event = trace.events[index];
    if (end != ends.end() && end->first == index) {
      if (event.key != k_unknown) of_key[event.key] = end->second;
      ++end;
    }
    if (event.verb != Verb::get || event.load_us != k_unknown) continue;
    const auto own = of_key[event.key];
    event.load_us = own != k_unknown ? own : drawn[spread_bits(seed ^ event.key) % drawn.size()];
  }
  return out;
}

}  // namespace rcache::trace
