#include "commands/stampede/live/bench.h"

#include <doctest/doctest.h>

#include <utility>
#include <vector>

namespace rcache::stampede::live {
namespace {

using Ends = std::vector<std::pair<std::uint32_t, LoadEnd>>;

/// One key, a database of two slots, loads of 100 ms.
Scenario small() {
  Scenario scenario;
  scenario.ttl = k_second;
  scenario.db_slots = 2;
  scenario.db = DatabaseModel::fifo;
  scenario.load_time.span = 100 * k_millisecond;
  return scenario;
}

Ends ended_by(Bench& bench, Nanos now) {
  Ends ends;
  bench.end_due(now, [&](std::uint32_t ticket, LoadEnd end) { ends.emplace_back(ticket, end); });
  return ends;
}

}  // namespace

TEST_CASE("bench: loads beyond the slots wait, however late their ends are told") {
  Bench bench(small(), Strategy::none);
  const auto first = bench.start_load(0, {.index = 1});
  const auto second = bench.start_load(0, {.index = 2});
  const auto third = bench.start_load(0, {.index = 3});
  CHECK(bench.next_due() == 100 * k_millisecond);
  CHECK(ended_by(bench, 99 * k_millisecond).empty());
  // Told only at 150 ms, the third nevertheless began at 100 ms: it is not due before 200 ms.
  CHECK(ended_by(bench, 150 * k_millisecond) == Ends{{first, LoadEnd::ok}, {second, LoadEnd::ok}});
  CHECK(bench.next_due() == 200 * k_millisecond);
  CHECK(ended_by(bench, k_second) == Ends{{third, LoadEnd::ok}});
  CHECK(bench.next_due() == k_never);
  const auto report = bench.ledger().report(k_second, 0);
  CHECK(report.peak_loads == 3);
  CHECK(report.peak_queue == 1);
  CHECK(report.seconds_above_slots == doctest::Approx(0.1));
  CHECK(report.db_wait.max == doctest::Approx(0.1));
}

TEST_CASE("bench: an episode ends with the first value that is stored") {
  auto scenario = small();
  scenario.db = DatabaseModel::unlimited;
  Bench bench(scenario, Strategy::none);
  for (std::uint64_t index = 0; index < 3; ++index)
    bench.start_load(static_cast<Nanos>(index) * k_millisecond, {.index = index});
  ended_by(bench, 103 * k_millisecond);
  bench.stored(103 * k_millisecond, 0, k_second);
  // A fourth, when the cache is full: waste, and of no episode.
  bench.start_load(200 * k_millisecond, {.index = 4});
  ended_by(bench, 300 * k_millisecond);
  bench.stored(300 * k_millisecond, 0, k_second);
  const auto report = bench.ledger().report(k_second, 0);
  CHECK(report.episodes == 1);
  CHECK(report.max_size == 3);
  CHECK(report.loads == 4);
  CHECK(report.wasted_loads == 3);
}

TEST_CASE("bench: a miss just before we reckon with the expiry is needed all the same") {
  Bench bench(small(), Strategy::none);
  bench.filled_before(0, k_second);
  bench.start_load(k_second - k_millisecond, {.index = 1});
  CHECK(bench.ledger().report(2 * k_second, 0).episodes == 1);
}

TEST_CASE("bench: a volunteer's head start is its gap") {
  Bench bench(small(), Strategy::xfetch);
  bench.filled_before(0, k_second);
  bench.start_load(700 * k_millisecond, {.index = 1, .volunteer = true});
  CHECK(bench.ledger().report(k_second, 0).mean_gap_seconds == doctest::Approx(0.3));
}

TEST_CASE("bench: a load that takes too long is given up, and its slot is free") {
  auto scenario = small();
  scenario.db_slots = 1;
  scenario.db_timeout = 150 * k_millisecond;
  Bench bench(scenario, Strategy::none);
  const auto first = bench.start_load(0, {.index = 1});
  const auto second = bench.start_load(0, {.index = 2});
  CHECK(ended_by(bench, 120 * k_millisecond) == Ends{{first, LoadEnd::ok}});
  CHECK(ended_by(bench, 160 * k_millisecond) == Ends{{second, LoadEnd::failed}});
  // Its ticket and its slot are free for the next one, which the old deadline does not touch.
  const auto third = bench.start_load(160 * k_millisecond, {.index = 3});
  CHECK(ended_by(bench, 270 * k_millisecond) == Ends{{third, LoadEnd::ok}});
  CHECK(bench.ledger().report(k_second, 0).failed_loads == 1);
}

TEST_CASE("bench: what goes wrong with the database goes wrong here, too") {
  auto scenario = small();
  SUBCASE("slower from a moment on") {
    scenario.slow_at = 10 * k_millisecond;
    scenario.slow_factor = 3;
    Bench bench(scenario, Strategy::none);
    bench.start_load(20 * k_millisecond, {.index = 1});
    CHECK(bench.next_due() == 320 * k_millisecond);
  }
  SUBCASE("down") {
    scenario.down_at = 50 * k_millisecond;
    scenario.down_for = k_second;
    Bench bench(scenario, Strategy::none);
    const auto ticket = bench.start_load(0, {.index = 1});
    CHECK(ended_by(bench, k_second) == Ends{{ticket, LoadEnd::failed}});
    // Turned away at once.
    bench.start_load(k_second, {.index = 2});
    CHECK(bench.next_due() == k_second + k_millisecond);
  }
  SUBCASE("every loader dies") {
    scenario.crash = 1;
    Bench bench(scenario, Strategy::none);
    const auto ticket = bench.start_load(0, {.index = 1});
    CHECK(ended_by(bench, k_second) == Ends{{ticket, LoadEnd::died}});
  }
}

TEST_CASE("bench: only jitter adds to the TTL, unless all are to") {
  auto scenario = small();
  scenario.jitter = 500 * k_millisecond;
  const auto longest = [&](Strategy strategy) {
    const Bench bench(scenario, strategy);
    Nanos most = 0;
    for (std::uint64_t index = 0; index < 100; ++index)
      most = std::max(most, bench.fresh_for(index));
    return most;
  };
  CHECK(longest(Strategy::none) == k_second);
  CHECK(longest(Strategy::jitter) > 1'300 * k_millisecond);
  CHECK(longest(Strategy::jitter) < 1'500 * k_millisecond);
  scenario.jitter_all = true;
  CHECK(longest(Strategy::none) > 1'300 * k_millisecond);
}

}  // namespace rcache::stampede::live
