#include "commands/stampede/live/text.h"

#include <doctest/doctest.h>

namespace rcache::stampede::live {
namespace {

StrategyReport row(Strategy strategy, std::uint32_t peak, Range expected) {
  StrategyReport out;
  out.strategy = strategy;
  out.peak_loads = peak;
  out.loads = 1'200;
  out.latency.p999 = 0.1;
  out.expected = Expectation{expected, {1'000, 1'300}, {0.1, 0.1}};
  return out;
}

Report report() {
  Report out;
  out.mode = Report::Mode::live;
  out.live = LiveFacts{"redis 7.0.15 at 127.0.0.1:6379", 8, 0.001, true};
  out.strategies = {row(Strategy::swr_lock, 1, {1, 1}), row(Strategy::none, 55, {48, 61})};
  return out;
}

}  // namespace

TEST_CASE("live text: says where it ran, and that simulation and server agree") {
  CHECK(live_text(report(), {}) ==
        "\n"
        "Live against redis 7.0.15 at 127.0.0.1:6379. Requests share 8 connections; only\n"
        "the database is simulated.\n"
        "The simulator expects the same peaks.\n"
        "\n"
        "Strategy  peak  expected  loads     expected   p99.9  expected\n"
        "swr-lock     1         1  1,200  1,000-1,300  100 ms    100 ms\n"
        "none        55     48-61  1,200  1,000-1,300  100 ms    100 ms\n");
}

TEST_CASE("live text: names what differs, a late machine, and a run that was cut short") {
  auto changed = report();
  changed.scenario.clients = 10'000;
  changed.strategies.front().peak_loads = 30;
  changed.live->late_seconds = 0.5;
  changed.live->complete = false;
  const auto out = live_text(changed, {});
  CHECK(out.find("10,000 clients share 8 connections") != std::string::npos);
  CHECK(out.find("The simulator expects other peaks of swr-lock.") != std::string::npos);
  CHECK(out.find("came up to 500 ms late") != std::string::npos);
  CHECK(out.find("cut short") != std::string::npos);
}

TEST_CASE("live: a peak agrees within two loads or a quarter") {
  CHECK(agrees(row(Strategy::none, 3, {1, 1})));
  CHECK_FALSE(agrees(row(Strategy::none, 4, {1, 1})));
  CHECK(agrees(row(Strategy::none, 125, {80, 100})));
  CHECK(agrees(row(Strategy::none, 55, {80, 100})));
  CHECK_FALSE(agrees(row(Strategy::none, 54, {80, 100})));
}

}  // namespace rcache::stampede::live
