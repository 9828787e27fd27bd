#include "stampede/provable.h"

#include <algorithm>

#include "stampede/closed_forms.h"
#include "stampede/zipf.h"

namespace rcache::stampede {
namespace {

constexpr double k_most_requests = 4e6;  // of one strategy and run
constexpr double k_times = 2;            // that all keys expire, when that is cheap enough
constexpr double k_least_times = 1.25;   // and when it is not

double requests_per_second(const Scenario& scenario) {
  return scenario.clients > 0 ? scenario.clients / seconds(scenario.think) : scenario.rate;
}

/// Until all keys have expired so many times, with this jitter.
Nanos span_of(const Scenario& scenario, Nanos jitter, double longest_load, double times) {
  return from_seconds(times * seconds(scenario.ttl + jitter) + 20 * longest_load);
}

Nanos long_enough(const Scenario& scenario, const Outlook& seen, double times) {
  const auto jitter = std::max(seen.herd_jitter.value_or(0), seen.jitter.value_or(0));
  return span_of(scenario, std::min(jitter, scenario.ttl), seen.longest_seconds, times);
}

/// The TTL halved for as long as the run is too long, everything still settles between two
/// expiries, and keeping all keys fresh takes little of the slots.
Nanos shorter_ttl(const Scenario& scenario, const Outlook& seen, double rate) {
  const auto shares = zipf_shares(scenario.keys, scenario.zipf);
  const double gap = closed::xfetch_gap(seen.key_rate, scenario.beta, seen.load_seconds);
  const Nanos least =
      std::max({from_seconds(100 * seen.longest_seconds), from_seconds(std::max(0.0, 20 * gap)),
                4 * seen.herd_jitter.value_or(0), k_second});
  auto tried = scenario;
  Nanos ttl = scenario.ttl;
  while (tried.ttl / 2 >= least &&
         seconds(span_of(tried, 0, 0, k_times)) * rate > k_most_requests) {
    tried.ttl /= 2;
    const double floor = closed::floor_loads(shares, rate, seen.load_seconds, seconds(tried.ttl));
    if (floor >= scenario.db_slots / 4.0) break;
    ttl = tried.ttl;
  }
  return ttl;
}

}  // namespace

Scenario provable(Scenario scenario, const Outlook& seen) {
  scenario.duration = std::max(scenario.duration, long_enough(scenario, seen, k_times));
  const double rate = requests_per_second(scenario);
  if (seconds(scenario.duration) * rate <= k_most_requests || scenario.clients > 0) return scenario;
  scenario.ttl = shorter_ttl(scenario, seen, rate);
  // What goes wrong at a moment must not be cut off.
  Nanos least = 0;
  if (scenario.slow_at) least = *scenario.slow_at + 2 * scenario.ttl;
  if (scenario.down_at) least = *scenario.down_at + scenario.down_for + 2 * scenario.ttl;
  const bool small = seconds(long_enough(scenario, seen, k_times)) * rate <= k_most_requests;
  scenario.duration = std::max(long_enough(scenario, seen, small ? k_times : k_least_times), least);
  return scenario;
}

}  // namespace rcache::stampede
