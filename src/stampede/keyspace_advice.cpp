#include "stampede/keyspace_advice.h"

#include <algorithm>
#include <tuple>

#include "stampede/closed_forms.h"
#include "stampede/zipf.h"

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

/// In: patterns whose keys are asked for.
std::vector<SharedCliff> shared_cliffs(const std::vector<PatternTtls>& patterns, double load,
                                       std::uint32_t slots) {
  struct Part {
    const Cliff* cliff;
    const std::string* pattern;
  };
  std::vector<Part> parts;
  for (const auto& pattern : patterns)
    for (const auto& cliff : pattern.cliffs) parts.push_back({&cliff, &pattern.pattern});
  std::stable_sort(parts.begin(), parts.end(), [](const Part& a, const Part& b) {
    return a.cliff->at_unix_ms < b.cliff->at_unix_ms;
  });
  std::vector<SharedCliff> out;
  std::int64_t end = 0;
  for (const auto& [cliff, pattern] : parts) {
    // Seconds that touch are one moment: what a job wrote lies on both sides of a tick.
    if (out.empty() || cliff->at_unix_ms > end) out.push_back({cliff->at_unix_ms});
    end = std::max(end, cliff->at_unix_ms + static_cast<std::int64_t>(cliff->seconds) * 1000);
    out.back().keys += cliff->keys;
    auto& names = out.back().patterns;
    if (std::find(names.begin(), names.end(), *pattern) == names.end()) names.push_back(*pattern);
  }
  std::erase_if(
      out, [&](const SharedCliff& each) { return each.patterns.size() < 2 || each.keys <= slots; });
  for (auto& each : out)
    each.jitter = round_up(closed::jitter_needed(static_cast<double>(each.keys), load, slots));
  std::stable_sort(out.begin(), out.end(),
                   [](const SharedCliff& a, const SharedCliff& b) { return a.keys > b.keys; });
  return out;
}

/// The jitter that a pattern needs because others expire with it; 0 when none do.
Nanos jitter_with_others(const PatternTtls& pattern, const KeyspaceAdvice& all) {
  for (const auto& shared : all.shared_cliffs) {
    const auto& names = shared.patterns;
    if (std::find(names.begin(), names.end(), pattern.pattern) != names.end()) return shared.jitter;
  }
  return 0;
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
  if (job.listened_seconds > 0) {
    out.rate =
        static_cast<double>(ttls.reads.all) / job.listened_seconds * part_of(keys, ttls.keys);
    out.zipf = zipf_exponent(out.keys, part_of(ttls.reads.hottest, ttls.reads.all));
  } else {
    out.rate *= part_of(keys, all_keys);
  }
  out.rate = std::max(1e-6, out.rate);
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
  out.listened_seconds = job.listened_seconds;
  const bool listened = job.listened_seconds > 0;
  std::uint64_t reads = 0;
  for (const auto& each : patterns) {
    out.keys += each.keys;
    out.without_ttl += each.without_ttl;
    reads += each.reads.all;
  }
  if (listened) out.rate = static_cast<double>(reads) / job.listened_seconds;
  std::sort(patterns.begin(), patterns.end(), [&](const PatternTtls& a, const PatternTtls& b) {
    // A cliff that nobody comes to is none.
    const auto order = [](const PatternTtls& each, bool asked_for) {
      return std::tuple(asked_for, each.together(), each.reads.all, each.keys);
    };
    const auto of_a = order(a, !listened || a.reads.all > 0);
    const auto of_b = order(b, !listened || b.reads.all > 0);
    return of_a != of_b ? of_a > of_b : a.pattern < b.pattern;
  });
  auto asked_for = patterns;
  if (listened)
    std::erase_if(asked_for, [](const PatternTtls& each) { return each.reads.all == 0; });
  out.shared_cliffs = shared_cliffs(asked_for, out.load_seconds, out.db_slots);
  for (auto& each : patterns) {
    const bool stopped = job.advice.stop != nullptr && *job.advice.stop;
    if (each.keys == 0 || stopped || (listened && each.reads.all == 0)) {
      out.others.push_back(std::move(each));
      continue;
    }
    auto advice = job.advice;
    advice.scenario = scenario_of(job, each, out.keys);
    out.floor_loads += floor_of(advice.scenario, each.keys);
    advice.least_jitter = jitter_with_others(each, out);
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
