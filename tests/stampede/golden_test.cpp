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
  };
  for (const auto& row : rows) check_row(hour(0.2), row);
}

TEST_CASE("golden: loads of 3 s") {
  const Row rows[] = {
      {Strategy::none, 44'920, 3059, 2670, 183},
      {Strategy::mutex, 464, 8, 0, 3.0},
      {Strategy::lock_retry, 58, 1, 0, 3.0},
      {Strategy::lock_once, 46'926, 3042, 2622, 180},
      {Strategy::redlock, 39'079, 1874, 2233, 114},
      {Strategy::xfetch_lock, 97, 1, 0, 3.0},
      {Strategy::swr_singleflight, 464, 8, 0, 3.0},
      {Strategy::swr_lock, 58, 1, 0, 3.0},
      {Strategy::lease, 58, 1, 0, 3.0},
  };
  for (const auto& row : rows) check_row(hour(3), row);
}

}  // namespace rcache::stampede::oracle
