#pragma once

#include <doctest/doctest.h>

#include <cmath>
#include <string>

#include "stampede/simulate.h"

// The simulation against the closed forms: the deviation that chance allows is computed from the
// run itself, so a shorter run under the sanitizers is judged as fairly.
namespace rcache::stampede::oracle {

#if defined(__SANITIZE_ADDRESS__)
constexpr double k_effort = 0.1;
#else
constexpr double k_effort = 1;
#endif

/// An ideal world: an unlimited database, no network.
inline Scenario ideal(double rate, double load, double ttl, double duration) {
  Scenario scenario;
  scenario.db = DatabaseModel::unlimited;
  scenario.rtt = 0;
  scenario.rate = rate;
  scenario.load_time.span = from_seconds(load);
  scenario.ttl = from_seconds(ttl);
  scenario.duration = from_seconds(duration * k_effort);
  return scenario;
}

inline StrategyReport simulated(const Scenario& scenario, Strategy strategy) {
  const auto checked = check(scenario);
  REQUIRE(checked);
  const auto arrivals = generated_arrivals(scenario)(scenario.seed);
  return simulate_one(scenario, strategy, *arrivals);
}

/// The standard error of the mean stampede size.
inline double error_of_size(const StrategyReport& report) {
  double squares = 0;
  for (const auto& each : report.sizes) {
    const double off = static_cast<double>(each.size) - report.mean_size;
    squares += off * off * static_cast<double>(each.episodes);
  }
  const auto n = static_cast<double>(report.episodes);
  return n < 2 ? 0 : std::sqrt(squares / (n - 1) / n);
}

/// In: `bias` is the part of the value by which the formula itself may be off.
inline void check_size(const std::string& name, const StrategyReport& report, double wanted,
                       double bias = 0.005) {
  CAPTURE(name);
  CAPTURE(report.mean_size);
  CAPTURE(error_of_size(report));
  CHECK(report.episodes > 10);
  CHECK(std::abs(report.mean_size - wanted) <= 4 * error_of_size(report) + bias * wanted);
}

/// A ratio out of `count` trials.
inline void check_ratio(const std::string& name, double is, double wanted, double count,
                        double bias = 0.002) {
  CAPTURE(name);
  CAPTURE(is);
  const double error = std::sqrt(wanted * (1 - wanted) / count);
  CHECK(std::abs(is - wanted) <= 5 * error + bias);
}

}  // namespace rcache::stampede::oracle
