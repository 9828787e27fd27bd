// Rows of the theory's tables that take a parameter to where the law bends: other rates, a wrong
// delta, convoys, overload. Where no closed form exists, the figure is an independent prototype's.
#include "stampede/closed_forms.h"
#include "stampede/oracle.h"

namespace rcache::stampede::oracle {
namespace {

double per_episode(const StrategyReport& report) {
  return static_cast<double>(report.loads) / static_cast<double>(report.episodes);
}

}  // namespace

TEST_CASE("oracle: late loaders SET too, so the cycle is longer than the TTL and a load") {
  struct Case {
    double rate, load, ttl, cycle;
  };
  for (const auto& c :
       {Case{100, 0.5, 10, 11.0}, Case{10, 0.2, 5, 5.4135}, Case{1000, 0.1, 2, 2.2}}) {
    CAPTURE(c.rate);
    const double duration = 2'000'000 / c.rate;
    const auto report = simulated(ideal(c.rate, c.load, c.ttl, duration), Strategy::none);
    const auto cycles = static_cast<double>(report.episodes);
    CHECK(duration * k_effort / cycles == doctest::Approx(c.cycle).epsilon(0.005 + 2 / cycles));
    check_ratio("hits", static_cast<double>(report.hits) / static_cast<double>(report.requests),
                closed::hit_ratio_loading(c.rate, c.load, c.ttl), 2e6 * k_effort);
  }
}

TEST_CASE("oracle: exponential loads of a large overload still end at the first completion") {
  auto scenario = ideal(10'000, 0.05, 2, 2000);
  scenario.load_time.kind = LoadTime::Kind::exponential;
  check_size("a=500", simulated(scenario, Strategy::none), closed::loads_exponential(10'000, 0.05),
             0.01);
}

TEST_CASE("oracle: redlock's convoy begins where the theory has it") {
  struct Case {
    double rate, load, rtt, loads, tolerance;
  };
  const Case cases[] = {
      {1000, 0.5, 0.001, 3.2, 0.6}, {1000, 0.7, 0.001, 46, 0.2},  {1000, 1, 0.0005, 39, 0.2},
      {1000, 1, 0.001, 218, 0.15},  {3000, 1, 0.001, 1737, 0.15},
  };
  for (const auto& c : cases) {
    CAPTURE(c.rate);
    CAPTURE(c.load);
    CAPTURE(c.rtt);
    auto scenario = ideal(c.rate, c.load, 30, 1000 / k_effort);
    scenario.rtt = from_seconds(c.rtt);
    CHECK(per_episode(simulated(scenario, Strategy::redlock)) ==
          doctest::Approx(c.loads).epsilon(c.tolerance));
    CHECK(per_episode(simulated(scenario, Strategy::redlock_recheck)) == doctest::Approx(1));
  }
}

TEST_CASE("oracle: xfetch with a delta that is too small is as late as exp(load/(beta*delta))") {
  struct Case {
    double delta, loads, bias;
  };
  // At 0.1 s the exact integral at this rate: the limit would be 148.
  for (const auto& c : {Case{0.1, 135.0, 0.03}, Case{0.25, 7.389, 0.01}}) {
    auto scenario = ideal(2000, 0.5, 30, 8000);
    scenario.delta_cap = from_seconds(c.delta);
    check_size(std::to_string(c.delta), simulated(scenario, Strategy::xfetch), c.loads, c.bias);
  }
}

TEST_CASE("oracle: xfetch's beta evens out what a rate or a blind delta does") {
  auto scenario = ideal(20, 0.5, 30, 100'000);
  scenario.beta = 2;
  check_size("LD=10, beta 2", simulated(scenario, Strategy::xfetch),
             closed::xfetch_loads_at_rate(20, 2, 0.5, 0.5), 0.01);
  scenario = ideal(400, 0.5, 30, 15'000);
  scenario.beta = 1.5;
  check_size("beta 1.5", simulated(scenario, Strategy::xfetch), closed::xfetch_loads(1.5, 0.5, 0.5),
             0.02);
  scenario = ideal(1000, 5, 200, 30'000);
  scenario.beta = 2;
  check_size("blind, D=5, beta 2", simulated(scenario, Strategy::xfetch_nodelta),
             closed::xfetch_loads(2, 1, 5), 0.05);
}

TEST_CASE("oracle: at a low rate nobody may come in time to refresh") {
  for (const double rate : {1.0, 3.0, 6.0}) {
    // Loads that take no time, so that a cycle which nobody refreshed has one miss exactly.
    auto scenario = ideal(rate, 1e-6, 30, 300'000);
    scenario.beta = 0.5;
    const auto report = simulated(scenario, Strategy::xfetch_nodelta);
    const auto cycles = static_cast<double>(report.episodes);
    check_ratio(std::to_string(rate), static_cast<double>(report.misses) / cycles,
                closed::xfetch_none(rate, 1, 0.5), cycles);
  }
}

TEST_CASE("oracle: whole seconds make each expiry a full stampede, however short the load") {
  auto scenario = ideal(1000, 0.02, 10, 3000);
  scenario.whole_seconds = true;
  check_size("D=0.02", simulated(scenario, Strategy::xfetch), 21.1, 0.03);
}

TEST_CASE("oracle: many keys under jitter, xfetch and xfetch with a lock") {
  auto scenario = ideal(200'000, 0.5, 60, 66 / k_effort);
  scenario.keys = 2000;
  scenario.zipf = 0;
  scenario.beta = 2;
  CHECK(simulated(scenario, Strategy::xfetch_lock).peak_loads ==
        doctest::Approx(closed::peak_xfetch_lock(2000, 2)).epsilon(0.1));
  scenario.load_time.span = from_seconds(0.2);
  scenario.beta = 1;
  CHECK(simulated(scenario, Strategy::xfetch).peak_loads > 1900);
  scenario.keys = 5000;
  scenario.load_time.span = from_seconds(0.5);
  scenario.jitter = from_seconds(30);
  scenario.jitter_all = true;
  scenario.duration = from_seconds(95);
  // Mean N*D/J = 83.3; the peak lies about three standard deviations above it.
  const auto peak = simulated(scenario, Strategy::swr_lock).peak_loads;
  CHECK(peak > 100);
  CHECK(peak < 130);
}

TEST_CASE("oracle: a queue keeps the size of a stampede and makes it last") {
  auto scenario = ideal(1000, 0.05, 20, 20'000);
  scenario.db = DatabaseModel::fifo;
  scenario.db_slots = 20;
  const auto report = simulated(scenario, Strategy::none);
  check_size("fifo", report, closed::loads_cache_aside(1000, 0.05), 0.02);
  // Drained at (1+LD)*D/c: what is above the slots lasts about so long in each cycle.
  CHECK(report.latency.max > 0.128);
  CHECK(report.latency.max < 0.25);
}

TEST_CASE("oracle: shared slots, at five times their load") {
  struct Case {
    double rate, load;
    std::uint32_t slots;
  };
  for (const auto& c : {Case{500, 0.1, 10}, Case{2000, 0.05, 40}, Case{4000, 0.05, 40}}) {
    CAPTURE(c.slots);
    CAPTURE(c.rate);
    auto scenario = ideal(c.rate, c.load, 20, 6000);
    scenario.db = DatabaseModel::shared;
    scenario.db_slots = c.slots;
    check_size("shared", simulated(scenario, Strategy::none),
               closed::loads_shared(c.rate, c.load, c.slots), 0.08);
  }
}

}  // namespace rcache::stampede::oracle
