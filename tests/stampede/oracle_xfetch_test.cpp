// XFetch: geometric sizes, gaps, and where it fails.
#include "stampede/closed_forms.h"
#include "stampede/oracle.h"

namespace rcache::stampede::oracle {

TEST_CASE("oracle: xfetch's sizes depend on beta, and its gap on the rate as well") {
  for (const double beta : {0.5, 1.0, 2.0, 3.0}) {
    CAPTURE(beta);
    auto scenario = ideal(400, 0.5, 30, 15'000);
    scenario.beta = beta;
    const auto report = simulated(scenario, Strategy::xfetch);
    check_size("size", report, closed::xfetch_loads(beta, 0.5, 0.5), 0.03);
    REQUIRE(report.mean_gap_seconds);
    const double error = 1.2825 * beta * 0.5 / std::sqrt(static_cast<double>(report.episodes));
    CHECK(std::abs(*report.mean_gap_seconds - closed::xfetch_gap(400, beta, 0.5)) <=
          4 * error + 0.05);
  }
}

TEST_CASE("oracle: xfetch's sizes are geometric: one load is not the rule") {
  const auto report = simulated(ideal(400, 0.5, 20, 40'000), Strategy::xfetch);
  double ones = 0;
  double above_eight = 0;
  for (const auto& each : report.sizes) {
    if (each.size == 1) ones += static_cast<double>(each.episodes);
    if (each.size > 8) above_eight += static_cast<double>(each.episodes);
  }
  const auto all = static_cast<double>(report.episodes);
  check_ratio("one load", ones / all, 0.3679, all, 0.01);
  check_ratio("more than eight", above_eight / all, 0.0255, all, 0.005);
}

TEST_CASE("oracle: at a low rate xfetch's sizes follow the exact integral") {
  for (const double rate : {2.0, 6.0, 20.0}) {
    const auto report = simulated(ideal(rate, 0.5, 30, 200'000), Strategy::xfetch);
    check_size(std::to_string(rate), report, closed::xfetch_loads_at_rate(rate, 1, 0.5, 0.5), 0.01);
  }
}

TEST_CASE("oracle: without delta xfetch is blind to slow loads") {
  for (const double load : {0.05, 1.0, 3.0}) {
    const auto report = simulated(ideal(1000, load, 100, 12'000), Strategy::xfetch_nodelta);
    check_size(std::to_string(load), report, closed::xfetch_loads(1, 1, load), 0.05);
  }
}

TEST_CASE("oracle: TTL in whole seconds brings the stampede back") {
  auto scenario = ideal(1000, 0.1, 10, 1500);
  const auto exact = simulated(scenario, Strategy::xfetch);
  CHECK(exact.mean_size < 4);
  scenario.whole_seconds = true;
  const auto rounded = simulated(scenario, Strategy::xfetch);
  CHECK(rounded.mean_size == doctest::Approx(97).epsilon(0.1));
}

TEST_CASE("oracle: the first expiry after a slowdown sees a stale delta") {
  // Many keys instead of many runs: each has one such expiry.
  auto scenario = ideal(200'000, 0.25, 20, 30 / k_effort);
  scenario.keys = 100;
  scenario.zipf = 0;
  scenario.slow_at = from_seconds(1);
  scenario.slow_factor = 2;
  check_size("d=0.25, D=0.5", simulated(scenario, Strategy::xfetch),
             closed::xfetch_loads(1, 0.25, 0.5), 0.05);
}

TEST_CASE("oracle: a measured delta runs away from a cold start, and a cap holds it") {
  auto scenario = ideal(1000, 3, 60, 300 / k_effort);
  scenario.db = DatabaseModel::fifo;
  scenario.db_slots = 50;
  scenario.warm = false;
  scenario.max_in_flight = 50'000;
  const auto runaway = simulated(scenario, Strategy::xfetch);
  REQUIRE(runaway.unstable_at_seconds);
  CHECK(*runaway.unstable_at_seconds < 300);
  CHECK(runaway.peak_waiting <= 50'001);
  CHECK_FALSE(runaway.keeps_within_slots);
  scenario.duration = from_seconds(600);
  scenario.delta_cap = from_seconds(6);
  CHECK_FALSE(simulated(scenario, Strategy::xfetch).unstable_at_seconds);
}

}  // namespace rcache::stampede::oracle
