#include "stampede/scenario.h"

#include <fmt/format.h>

#include <cmath>

#include "stampede/math.h"

namespace rcache::stampede {
namespace {

constexpr std::uint32_t k_most_keys = 100'000'000;
constexpr double k_highest_rate = 1e9;
constexpr Nanos k_longest_run = 366LL * 86'400 * k_second;

tl::unexpected<Error> refuse(const char* flag, std::string why, std::string hint = {}) {
  return fail(ErrorKind::usage, fmt::format("--{}: {}", flag, why), std::move(hint));
}

/// Within [low, high]; NaN is within nothing.
bool within(double value, double low, double high) {
  return value >= low && value <= high;
}

Result<void> check_traffic(const Scenario& scenario) {
  if (scenario.clients == 0 && !within(scenario.rate, 1e-6, k_highest_rate))
    return refuse("rate", "must be above 0 and at most 1,000,000,000 requests per second");
  if (scenario.clients > 0 && scenario.think <= 0)
    return refuse("think", "must be above 0", "a client pauses between an answer and a request");
  if (scenario.keys == 0 || scenario.keys > k_most_keys)
    return refuse("keys", "must be 1 to 100,000,000");
  if (!within(scenario.zipf, 0, 10)) return refuse("zipf", "must be 0 to 10");
  if (scenario.clients > scenario.max_in_flight)
    return refuse("clients", "are more than --max-in-flight");
  return {};
}

Result<void> check_database(const Scenario& scenario) {
  if (scenario.db_slots == 0) return refuse("db-slots", "must be 1 or more");
  const auto& load = scenario.load_time;
  if (load.span <= 0) return refuse("load-time", "must be above 0");
  if (load.kind == LoadTime::Kind::uniform && load.upper < load.span)
    return refuse("load-time", "the upper end lies below the lower one");
  if (load.kind == LoadTime::Kind::lognormal && !within(load.sigma, 0, 5))
    return refuse("load-time", "sigma must be 0 to 5");
  if (!within(scenario.slow_factor, 1e-3, 1e6))
    return refuse("slow-factor", "must be 0.001 to 1000000");
  return {};
}

}  // namespace

double mean_seconds(const LoadTime& load_time) {
  const double span = seconds(load_time.span);
  switch (load_time.kind) {
    case LoadTime::Kind::uniform:
      return (span + seconds(load_time.upper)) / 2;
    case LoadTime::Kind::lognormal:
      return span * exp_of(load_time.sigma * load_time.sigma / 2);
    default:
      return span;
  }
}

Result<void> check(const Scenario& scenario) {
  if (auto checked = check_traffic(scenario); !checked) return checked;
  if (auto checked = check_database(scenario); !checked) return checked;
  if (scenario.ttl < k_millisecond) return refuse("ttl", "must be 1ms or more");
  if (scenario.processes == 0 || scenario.processes > 1'000'000)
    return refuse("processes", "must be 1 to 1,000,000");
  if (!within(scenario.beta, 1e-3, 1e3)) return refuse("beta", "must be 0.001 to 1000");
  if (scenario.lock_ttl && *scenario.lock_ttl < k_millisecond)
    return refuse("lock-ttl", "must be 1ms or more");
  if (scenario.poll && *scenario.poll < k_millisecond)
    return refuse("poll", "must be 1ms or more", "a waiter that never pauses would never end");
  if (!within(scenario.crash, 0, 1)) return refuse("crash", "must be 0 to 1");
  if (scenario.duration <= 0 || scenario.duration > k_longest_run)
    return refuse("duration", "must be above 0 and at most 366d");
  if (scenario.max_in_flight == 0 || scenario.max_in_flight > 100'000'000)
    return refuse("max-in-flight", "must be 1 to 100,000,000");
  return {};
}

}  // namespace rcache::stampede
