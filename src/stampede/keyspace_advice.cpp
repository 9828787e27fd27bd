#include "stampede/keyspace_advice.h"

#include <algorithm>
#include <tuple>

namespace rcache::stampede {
namespace {

constexpr std::uint64_t k_most_keys = 1'000'000;  // of a pattern, in a simulation

double part_of(std::uint64_t some, std::uint64_t all) {
  return all == 0 ? 0 : static_cast<double>(some) / static_cast<double>(all);
}

/// Every key loaded once in its TTL, whether it is asked for or not.
double floor_of(const Scenario& scenario, std::uint64_t keys) {
  const double load = mean_seconds(scenario.load_time);
  const double each = scenario.clients > 0
                          ? scenario.clients / seconds(scenario.think) / static_cast<double>(keys)
                          : scenario.rate / static_cast<double>(keys);
  return static_cast<double>(keys) * load / (seconds(scenario.ttl) + load + 1 / each);
}

}  // namespace

bool KeyspaceAdvice::feasible() const {
  return floor_loads <= db_slots &&
         std::all_of(patterns.begin(), patterns.end(),
                     [](const PatternAdvice& each) { return each.advice.feasible(); });
}

Scenario scenario_of(const KeyspaceJob& job, const PatternTtls& ttls, std::uint64_t all_keys) {
  auto out = job.advice.scenario;
  const auto keys = std::min(ttls.keys, k_most_keys);
  out.name = ttls.pattern;
  out.keys = static_cast<std::uint32_t>(keys);
  // What is beyond the largest simulation takes its part of the traffic along.
  out.rate = std::max(1e-6, out.rate * part_of(keys, all_keys));
  if (!job.keep_ttl) out.ttl = std::max(round_up(seconds(ttls.longest)), k_millisecond);
  // One at least: the hottest key is always alone with its stampede.
  out.together = static_cast<std::uint32_t>(std::clamp<std::uint64_t>(ttls.together(), 1, keys));
  out.warm = true;
  return out;
}

KeyspaceAdvice advise_keyspace(const KeyspaceJob& job, std::vector<PatternTtls> patterns) {
  KeyspaceAdvice out;
  out.db_slots = job.advice.scenario.db_slots;
  out.load_seconds = mean_seconds(job.advice.scenario.load_time);
  out.rate = job.advice.scenario.rate;
  for (const auto& each : patterns) {
    out.keys += each.keys;
    out.without_ttl += each.without_ttl;
  }
  std::sort(patterns.begin(), patterns.end(), [](const PatternTtls& a, const PatternTtls& b) {
    return std::tuple(b.together(), b.keys, a.pattern) <
           std::tuple(a.together(), a.keys, b.pattern);
  });
  for (auto& each : patterns) {
    const bool stopped = job.advice.stop != nullptr && *job.advice.stop;
    if (each.keys == 0 || stopped) {
      out.others.push_back(std::move(each));
      continue;
    }
    auto advice = job.advice;
    advice.scenario = scenario_of(job, each, out.keys);
    out.floor_loads += floor_of(advice.scenario, each.keys);
    if (out.patterns.size() == job.most_patterns) {
      out.others.push_back(std::move(each));
    } else {
      auto found = advise(advice);
      out.patterns.push_back({std::move(each), std::move(found)});
    }
  }
  return out;
}

}  // namespace rcache::stampede
