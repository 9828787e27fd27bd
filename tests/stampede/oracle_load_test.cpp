// Loads per expiry of strategies that do not look ahead: sections that the closed forms name.
#include "stampede/closed_forms.h"
#include "stampede/oracle.h"

namespace rcache::stampede::oracle {

TEST_CASE("oracle: cache-aside sends one load and all that come while it runs") {
  struct Case {
    double rate, load;
  };
  for (const auto& c : {Case{100, 0.5}, Case{1000, 0.2}, Case{10, 3}, Case{10, 0.05}}) {
    const auto report = simulated(ideal(c.rate, c.load, 10, 2'000'000 / c.rate), Strategy::none);
    check_size(std::to_string(c.rate), report, closed::loads_cache_aside(c.rate, c.load));
  }
}

TEST_CASE("oracle: the number of loads of cache-aside varies as a Poisson number does") {
  const auto report = simulated(ideal(100, 0.5, 5, 30'000), Strategy::none);
  const double error = error_of_size(report);
  const double variance = error * error * static_cast<double>(report.episodes);
  CHECK(variance == doctest::Approx(50).epsilon(0.15));
}

TEST_CASE("oracle: an episode ends at the first completion, not at the first starter's") {
  auto scenario = ideal(1000, 0.05, 5, 4000);
  scenario.load_time.kind = LoadTime::Kind::exponential;
  check_size("a=50", simulated(scenario, Strategy::none), closed::loads_exponential(1000, 0.05),
             0.01);
  scenario.rate = 100;
  scenario.duration *= 10;
  check_size("a=5", simulated(scenario, Strategy::none), closed::loads_exponential(100, 0.05),
             0.01);
}

TEST_CASE("oracle: a mutex in each process, and one refresh in each, load as often") {
  for (const std::uint32_t processes : {4U, 20U, 100U}) {
    auto scenario = ideal(100, 0.5, 5, 10'000);
    scenario.processes = processes;
    const double wanted = closed::loads_mutex(100, 0.5, processes);
    const auto mutex = simulated(scenario, Strategy::mutex);
    check_size("mutex", mutex, wanted);
    CHECK(mutex.max_size <= processes);
    check_size("swr", simulated(scenario, Strategy::swr_singleflight), wanted);
  }
}

TEST_CASE("oracle: lock-once has a cliff where the load outlasts its wait") {
  for (const double load : {0.05, 0.074, 0.1, 0.2, 0.5}) {
    const auto report = simulated(ideal(200, load, 5, 5000), Strategy::lock_once);
    check_size(std::to_string(load), report, closed::loads_lock_once(200, load, 0.075));
  }
}

TEST_CASE("oracle: lock-retry loads once, and its losers wait in steps of the poll") {
  for (const double load : {0.05, 0.25, 0.5, 1.03}) {
    CAPTURE(load);
    const auto report = simulated(ideal(200, load, 5, 2000), Strategy::lock_retry);
    CHECK(report.peak_loads == 1);
    CHECK(report.loads == report.episodes);
    CHECK(report.latency.max ==
          doctest::Approx(std::max(load, closed::poll_longest_wait(load, 0.1))));
  }
}

TEST_CASE("oracle: a lock that ends before its load lets further loaders in") {
  struct Case {
    double load, lock_ttl;
  };
  for (const auto& c : {Case{1, 0.3}, Case{2.05, 0.5}, Case{1, 2}}) {
    auto scenario = ideal(50, c.load, 10, 500 / k_effort);
    scenario.lock_ttl = from_seconds(c.lock_ttl);
    scenario.poll = from_seconds(0.005);
    check_size("short lock", simulated(scenario, Strategy::lock_retry),
               closed::loads_short_lock(c.load, c.lock_ttl), 0.02);
  }
}

TEST_CASE("oracle: waiters out a dead holder's lock poll the server hard") {
  auto scenario = ideal(1000, 0.1, 60, 40 / k_effort);
  scenario.warm = false;
  scenario.crash = 1;
  scenario.duration = from_seconds(10);
  const auto report = simulated(scenario, Strategy::lock_retry);
  // 2*L*t + (L/p)*t^2: each poll is a GET and a SET NX.
  CHECK(static_cast<double>(report.redis_operations) == doctest::Approx(1.02e6).epsilon(0.03));
  CHECK(report.unfinished > 9000);
}

TEST_CASE("oracle: redlock stampedes from its give-up time on") {
  for (const double load : {1.0, 3.0, 4.5}) {
    const auto report = simulated(ideal(100, load, 20, 5000), Strategy::redlock);
    check_size(std::to_string(load), report, closed::loads_redlock(100, load), 0.01);
  }
}

TEST_CASE("oracle: redlock's convoy stampedes below it, and a look before giving up ends that") {
  auto scenario = ideal(1000, 1, 30, 1000);
  scenario.rtt = from_seconds(0.001);
  const auto convoy = simulated(scenario, Strategy::redlock);
  CHECK(static_cast<double>(convoy.loads) / static_cast<double>(convoy.episodes) > 100);
  const auto looked = simulated(scenario, Strategy::redlock_recheck);
  CHECK(looked.loads == looked.episodes);
  scenario.load_time.span = from_seconds(0.3);
  const auto calm = simulated(scenario, Strategy::redlock);
  CHECK(calm.loads == calm.episodes);
}

TEST_CASE("oracle: a lease gives one leave per interval") {
  for (const double load : {9.0, 15.0, 25.0}) {
    CAPTURE(load);
    const auto report = simulated(ideal(50, load, 60, 3000 / k_effort), Strategy::lease);
    CHECK(report.mean_size == closed::loads_lease(load, 10));
  }
}

TEST_CASE("oracle: in a closed loop only those who think can come") {
  struct Case {
    std::uint32_t clients;
    double think, load;
  };
  for (const auto& c : {Case{50, 0.5, 0.5}, Case{200, 1, 0.2}, Case{50, 0.05, 0.5}}) {
    auto scenario = ideal(1, c.load, 10, 2500);
    scenario.clients = c.clients;
    scenario.think = from_seconds(c.think);
    check_size(std::to_string(c.think), simulated(scenario, Strategy::none),
               closed::loads_closed_loop(c.clients, c.load, c.think));
  }
}

}  // namespace rcache::stampede::oracle
