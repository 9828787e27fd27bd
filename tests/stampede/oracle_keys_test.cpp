// Hit ratios, staleness, and many keys at once.
#include "stampede/closed_forms.h"
#include "stampede/oracle.h"
#include "stampede/zipf.h"

namespace rcache::stampede::oracle {
namespace {

double hit_ratio_of(const StrategyReport& report) {
  return static_cast<double>(report.hits) / static_cast<double>(report.requests);
}

}  // namespace

TEST_CASE("oracle: hit ratios of one key and of many") {
  auto instant = ideal(10, 1e-6, 1, 200'000);
  check_ratio("one key", hit_ratio_of(simulated(instant, Strategy::none)), closed::hit_ratio(10, 1),
              2e6 * k_effort);
  auto many = ideal(1000, 1e-6, 60, 1000 / k_effort);
  many.keys = 10'000;
  many.warm = false;
  many.duration = from_seconds(2000);
  const auto shares = zipf_shares(many.keys, 1);
  // Half of the run is warm-up at worst, which lowers the ratio.
  check_ratio("zipf", hit_ratio_of(simulated(many, Strategy::none)),
              closed::hit_ratio(shares, 1000, 60), 1e6, 0.005);
  const auto loading = simulated(ideal(100, 0.5, 10, 20'000), Strategy::none);
  check_ratio("loading", hit_ratio_of(loading), closed::hit_ratio_loading(100, 0.5, 10),
              2e6 * k_effort);
}

TEST_CASE("oracle: a cold cache loads each key that is asked for") {
  auto scenario = ideal(1000, 1e-6, 1000, 1);
  scenario.keys = 10'000;
  scenario.warm = false;
  scenario.duration = from_seconds(10);
  const auto report = simulated(scenario, Strategy::lock_retry);
  CHECK(static_cast<double>(report.loads) ==
        doctest::Approx(closed::keys_asked_for(zipf_shares(10'000, 1), 1000, 10)).epsilon(0.05));
}

TEST_CASE("oracle: swr loads as often as cache-aside, behind answers of a known age") {
  const auto report = simulated(ideal(100, 0.5, 10, 20'000), Strategy::swr);
  check_size("swr", report, closed::loads_cache_aside(100, 0.5));
  CHECK(report.misses == 0);
  CHECK(report.stale == report.loads);
  REQUIRE(report.mean_stale_age_seconds);
  CHECK(*report.mean_stale_age_seconds ==
        doctest::Approx(closed::mean_stale_age(100, 0.5)).epsilon(0.02));
  const auto locked = simulated(ideal(100, 0.5, 10, 20'000), Strategy::swr_lock);
  CHECK(locked.mean_size == 1);
  CHECK(locked.peak_loads == 1);
}

TEST_CASE("oracle: an idle key outlives its stale time, and misses") {
  auto scenario = ideal(1, 1e-6, 5, 100'000);
  scenario.stale = from_seconds(2);
  const auto report = simulated(scenario, Strategy::swr);
  // exp(-L*stale) blocking misses per cycle.
  check_ratio("misses per cycle",
              static_cast<double>(report.misses) / static_cast<double>(report.episodes), 0.1353,
              static_cast<double>(report.episodes));
}

TEST_CASE("oracle: keys warmed together peak together, and only jitter spreads them") {
  auto scenario = ideal(1e6, 0.2, 60, 70 / k_effort);
  scenario.keys = 2000;
  scenario.zipf = 0;
  scenario.jitter = from_seconds(20);
  scenario.rate = 100'000;
  CHECK(simulated(scenario, Strategy::swr_lock).peak_loads >= 1990);
  scenario.jitter_all = true;
  scenario.duration = from_seconds(90);
  const auto spread = simulated(scenario, Strategy::swr_lock);
  CHECK(spread.peak_loads < 55);
  CHECK(spread.peak_loads > closed::loads_jittered(2000, 0.2, 20));
  scenario.whole_seconds = true;
  const auto seconds_only = simulated(scenario, Strategy::swr_lock);
  CHECK(seconds_only.peak_loads == doctest::Approx(closed::largest_second(2000, 20)).epsilon(0.12));
}

TEST_CASE("oracle: xfetch with a lock spreads keys over a third, whatever the load time") {
  auto scenario = ideal(200'000, 0.2, 60, 66 / k_effort);
  scenario.keys = 2000;
  scenario.zipf = 0;
  const auto report = simulated(scenario, Strategy::xfetch_lock);
  CHECK(report.peak_loads == doctest::Approx(closed::peak_xfetch_lock(2000, 1)).epsilon(0.08));
  CHECK(report.misses == 0);
}

}  // namespace rcache::stampede::oracle
