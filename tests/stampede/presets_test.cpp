// The law behind each preset: on a database that does not slow down, so that only what the preset
// is about is left, its figures are those of the closed forms. What a limited one makes of it, and
// who withstands it, is in simulate_test.cpp.
#include "stampede/presets.h"
#include "stampede/closed_forms.h"
#include "stampede/oracle.h"
#include "stampede/zipf.h"

namespace rcache::stampede::oracle {
namespace {

Scenario unlimited(std::string_view name, double duration) {
  const auto* preset = preset_named(name);
  REQUIRE(preset != nullptr);
  auto scenario = preset->scenario;
  scenario.db = DatabaseModel::unlimited;
  scenario.rtt = 0;
  scenario.duration = from_seconds(duration);
  return scenario;
}

}  // namespace

TEST_CASE("preset one-hot-key: an expiry sends one load and all that come while it runs") {
  check_size("none", simulated(unlimited("one-hot-key", 6000), Strategy::none),
             closed::loads_cache_aside(500, 0.1));
}

TEST_CASE("preset slow-load: each guard that was built for short loads breaks by its own law") {
  const auto scenario = unlimited("slow-load", 6000);
  check_size("lock-once", simulated(scenario, Strategy::lock_once),
             closed::loads_lock_once(100, 3, 0.075));
  check_size("redlock", simulated(scenario, Strategy::redlock), closed::loads_redlock(100, 3),
             0.01);
  check_size("blind xfetch", simulated(scenario, Strategy::xfetch_nodelta),
             closed::xfetch_loads(1, 1, 3), 0.02);
}

TEST_CASE("preset slowdown: the first expiry after it is a stampede, the next ones are not") {
  // exp(Dnew/(b*dold)) is beyond what this rate can send; what it can is the exact integral.
  const double wanted = closed::xfetch_loads_at_rate(500, 1, 0.1, 1);
  double sizes = 0;
  constexpr int k_seeds = 20;
  for (std::uint64_t seed = 1; seed <= k_seeds; ++seed) {
    auto scenario = unlimited("slowdown", 135);
    scenario.seed = seed;
    sizes += static_cast<double>(simulated(scenario, Strategy::xfetch).max_size);
  }
  CHECK(sizes / k_seeds == doctest::Approx(wanted).epsilon(0.1));
  const auto scenario = unlimited("slowdown", 6000);
  const auto report = simulated(scenario, Strategy::xfetch);
  CHECK(report.mean_size < 5 + wanted / static_cast<double>(report.episodes));
}

TEST_CASE("preset slow-under-load: a timeout below the outage, and no cache is ever filled again") {
  auto scenario = preset_named("slow-under-load")->scenario;
  // First completion at (N-1)/L of the crowd: later than the timeout.
  CHECK((closed::loads_shared(500, 0.1, 10) - 1) / 500 > seconds(scenario.db_timeout));
  const auto report = simulated(scenario, Strategy::none);
  CHECK(report.episodes == 1);
  CHECK(report.longest_above_seconds > 230);
}

TEST_CASE("preset crash: an outage lasts as long as the dead holder's lock, or that times over") {
  const auto report = simulated(unlimited("crash", 1200), Strategy::lock_retry);
  REQUIRE(report.failed_loads > 0);
  // A waiter sees the end of the lock, a poll and a load later; Geometric(0.7) locks in a row.
  const double locks = report.latency.max / 30;
  CHECK(locks >= 0.99);
  CHECK(locks - std::floor(locks + 0.01) < 0.02);
}

TEST_CASE("preset short-lock: a lock of 300 ms lets a loader in every 300 ms of a second") {
  check_size("lock-retry", simulated(unlimited("short-lock", 3000), Strategy::lock_retry),
             closed::loads_short_lock(1, 0.3), 0.03);
}

TEST_CASE("preset cold-start: each key that is asked for is loaded, and all at once") {
  const auto report = simulated(unlimited("cold-start", 10), Strategy::lock_retry);
  const auto shares = zipf_shares(2000, 1);
  CHECK(static_cast<double>(report.loads) ==
        doctest::Approx(closed::keys_asked_for(shares, 4000, 10)).epsilon(0.02));
  REQUIRE(report.cold_start);
  CHECK(report.cold_start->peak_loads ==
        doctest::Approx(closed::keys_asked_for(shares, 4000, 0.1)).epsilon(0.1));
}

TEST_CASE("preset mass-expiry: without jitter all keys within a load, with it N*D/J of them") {
  const auto scenario = unlimited("mass-expiry", 100);
  // One request per second and key: those that come within a load's 0.2 s.
  const double together = 2000 * (1 - std::exp(-0.2));
  const double error = std::sqrt(together);
  CHECK(std::abs(simulated(scenario, Strategy::swr_lock).peak_loads - together) < 4 * error);
  const double mean = closed::loads_jittered(2000, 0.2, 30);
  const auto jittered = simulated(scenario, Strategy::jitter);
  CHECK(jittered.peak_loads > mean);
  CHECK(jittered.peak_loads < 50);
}

TEST_CASE("preset runaway: its measured delta is beyond the critical one") {
  const auto scenario = preset_named("runaway")->scenario;
  // The cold start's last load waited for (1+LD)*D/c.
  const double measured = closed::loads_cache_aside(1000, 3) * 3 / scenario.db_slots;
  CHECK(measured > closed::xfetch_critical_delta(1000, 1, 60));
  CHECK(simulated(scenario, Strategy::xfetch).unstable_at_seconds);
}

TEST_CASE("preset whole-seconds: xfetch stampedes as if there were no xfetch") {
  check_size("xfetch", simulated(unlimited("whole-seconds", 3000), Strategy::xfetch),
             closed::loads_cache_aside(500, 0.1), 0.06);
}

TEST_CASE("preset db-down: stale answers carry it until TTL and stale are over") {
  const auto report = simulated(unlimited("db-down", 300), Strategy::swr_lock);
  REQUIRE(report.stale_age);
  CHECK(report.stale_age->max == doctest::Approx(60).epsilon(0.01));
  CHECK(report.errors > 0);
}

TEST_CASE("preset invalidation: a herd per DEL, as after an expiry") {
  const auto report = simulated(unlimited("invalidation", 6000), Strategy::none);
  check_size("none", report, closed::loads_cache_aside(500, 0.1));
  CHECK(report.episodes == 299);  // one per 20 s; the last of them ends the run
}

}  // namespace rcache::stampede::oracle
