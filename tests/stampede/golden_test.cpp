// One key, 1,000 requests/s, TTL 60 s, FIFO with 50 slots, 8 processes, an hour, cold: the figures
// of an independent prototype, within what its other random numbers allow.
#include "stampede/oracle.h"

namespace rcache::stampede::oracle {
namespace {

Scenario hour(double load) {
  auto scenario = ideal(1000, load, 60, 3600 / k_effort);
  scenario.db = DatabaseModel::fifo;
  scenario.db_slots = 50;
  scenario.rtt = from_seconds(0.0005);
  scenario.stale = from_seconds(60);
  scenario.warm = false;
  return scenario;
}

struct Row {
  Strategy strategy;
  double loads, peak, above, longest_latency;
};

void check_row(const Scenario& scenario, const Row& row) {
  CAPTURE(std::string(to_string(row.strategy)));
  const auto report = simulated(scenario, row.strategy);
  CHECK(static_cast<double>(report.loads) == doctest::Approx(row.loads).epsilon(0.06));
  CHECK(report.peak_loads == doctest::Approx(row.peak).epsilon(0.08));
  CHECK(report.seconds_above_slots == doctest::Approx(row.above).epsilon(0.08));
  CHECK(report.latency.max == doctest::Approx(row.longest_latency).epsilon(0.1));
}

}  // namespace

TEST_CASE("golden: loads of 0.2 s") {
  const Row rows[] = {
      {Strategy::none, 11'926, 229, 39.8, 0.83}, {Strategy::mutex, 480, 8, 0, 0.20},
      {Strategy::lock_retry, 60, 1, 0, 0.20},    {Strategy::lock_once, 7580, 149, 22.4, 0.75},
      {Strategy::xfetch_lock, 62, 1, 0, 0.20},   {Strategy::swr_singleflight, 480, 8, 0, 0.20},
      {Strategy::swr_lock, 60, 1, 0, 0.20},      {Strategy::lease, 60, 1, 0, 0.20},
      {Strategy::swr, 11'926, 229, 39.8, 0.72},
  };
  for (const auto& row : rows) check_row(hour(0.2), row);
}

TEST_CASE("golden: loads of 3 s") {
  const Row rows[] = {
      {Strategy::none, 44'920, 3059, 2670, 183},    {Strategy::mutex, 464, 8, 0, 3.0},
      {Strategy::lock_retry, 58, 1, 0, 3.0},        {Strategy::lock_once, 46'926, 3042, 2622, 180},
      {Strategy::redlock, 39'079, 1874, 2233, 114}, {Strategy::xfetch_lock, 97, 1, 0, 3.0},
      {Strategy::swr_singleflight, 464, 8, 0, 3.0}, {Strategy::swr_lock, 58, 1, 0, 3.0},
      {Strategy::swr, 44'920, 3059, 2670, 183},     {Strategy::lease, 58, 1, 0, 3.0},
  };
  for (const auto& row : rows) check_row(hour(3), row);
}

TEST_CASE("golden: redlock outlasts short loads, its waiters do not") {
  const auto report = simulated(hour(0.2), Strategy::redlock);
  CHECK(report.loads == 60);
  CHECK(report.peak_loads == 1);
  CHECK(report.latency.max > 1);  // up to a few pauses of 100 to 300 ms each
  CHECK(report.latency.max < 1.5);
}

TEST_CASE("golden: xfetch owes its peak to the cold start alone") {
  struct Case {
    Strategy strategy;
    double load, peak, scale, loads_after;
  };
  // The prototype: 285, 336 and 4,551 loads in all, 203, 203 and 3,059 of them in the cold start.
  for (const auto& c :
       {Case{Strategy::xfetch_nodelta, 0.2, 203, 1, 82}, Case{Strategy::xfetch, 0.2, 203, 0.2, 133},
        Case{Strategy::xfetch_nodelta, 3, 3059, 1, 1492}}) {
    CAPTURE(std::string(to_string(c.strategy)));
    CAPTURE(c.load);
    const auto report = simulated(hour(c.load), c.strategy);
    REQUIRE(report.cold_start);
    CHECK(report.cold_start->peak_loads == report.peak_loads);
    CHECK(report.cold_start->peak_loads == doctest::Approx(c.peak).epsilon(0.08));
    CHECK(report.cold_start->loads == report.cold_start->peak_loads);
    CHECK(report.cold_start->later_peak_loads < report.peak_loads / 5);
    // Sizes are geometric; of both figures, so twice the variance.
    const double mean = std::exp(c.load / c.scale);
    const double cycles = c.loads_after / mean;
    const double error = std::sqrt(2 * cycles * mean * (mean - 1)) + 0.02 * c.loads_after;
    const auto after = static_cast<double>(report.loads - report.cold_start->loads);
    CHECK(std::abs(after - c.loads_after) <= 4 * error);
  }
}

TEST_CASE("golden: xfetch with slow loads runs away, and is stopped") {
  const auto report = simulated(hour(3), Strategy::xfetch);
  REQUIRE(report.unstable_at_seconds);
  CHECK(report.peak_loads >= 1'000'000);
  CHECK(report.cold_start->seconds == doctest::Approx(3600));  // never over
}

}  // namespace rcache::stampede::oracle
