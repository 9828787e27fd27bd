#include "redis/throttle.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace rcache::redis {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Instant = Throttle::Instant;

constexpr Instant k_start = Instant() + seconds(1000);
constexpr microseconds k_network{300};

/// A server that needs a while for each key of a batch. Who asks on a second connection waits for
/// the batch, for the network, and up to 50 us for no reason.
class FakeServer {
 public:
  explicit FakeServer(double us_per_key) : us_per_key_(us_per_key) {}

  microseconds idle() { return k_network + microseconds(noise_(random_)); }
  microseconds busy(std::uint32_t count) {
    return idle() + microseconds(static_cast<std::int64_t>(us_per_key_ * count));
  }

 private:
  double us_per_key_;
  std::mt19937 random_{7};
  std::uniform_int_distribution<std::int64_t> noise_{0, 50};
};

struct Run {
  std::vector<microseconds> own;  ///< what each sample took over the network's own time
  std::vector<std::uint32_t> counts;
  Instant now;
};

/// Batches as the throttle wants them, with one sample during each.
Run run_batches(Throttle& throttle, FakeServer& server, int batches, Instant now) {
  Run run;
  for (int batch = 0; batch < batches; ++batch) {
    now += throttle.wait(now);
    const auto count = throttle.count();
    const auto took = server.busy(count);
    now += took;
    throttle.measured(took, now);
    run.own.push_back(took - k_network);
    run.counts.push_back(count);
  }
  run.now = now;
  return run;
}

struct Spent {
  double keys = 0;
  int batches = 0;
  std::uint32_t largest = 0;
};

/// Ten seconds in which every key of every batch is removed, at a server that needs no time.
Spent spend_ten_seconds(Throttle& throttle) {
  Spent spent;
  for (auto now = k_start; now < k_start + seconds(10);) {
    const auto wait = throttle.wait(now);
    now += wait;
    if (wait > microseconds(0)) continue;
    spent.keys += throttle.count();
    spent.largest = std::max(spent.largest, throttle.count());
    ++spent.batches;
    throttle.spend(throttle.count(), now);
  }
  return spent;
}

TEST_CASE("throttle: without limits it never waits and never shrinks a batch") {
  Throttle throttle({.count = 700}, k_start);
  throttle.spend(1'000'000, k_start);
  throttle.measured(seconds(5), k_start);
  throttle.lag(std::nullopt);
  CHECK(throttle.wait(k_start) == microseconds(0));
  CHECK(throttle.count() == 700);
  CHECK(to_string(throttle.brake(k_start)) == "none");
}

TEST_CASE("throttle rate: over ten seconds the budget is spent, within 5 % and one batch") {
  for (const double rate : {0.4, 1.0, 3.0, 7.5, 39.0, 41.0, 333.0, 1000.0, 5000.0, 123456.0}) {
    CAPTURE(rate);
    Throttle throttle({.keys_per_second = rate}, k_start);
    const auto spent = spend_ten_seconds(throttle);
    CHECK(spent.keys <= rate * 10 * 1.05 + spent.largest);
    CHECK(spent.keys >= rate * 10 * 0.95 - spent.largest);
  }
}

TEST_CASE("throttle rate: batches are small enough to come four times a second") {
  struct Case {
    double rate;
    std::uint32_t count;
    int batches;
  };
  const Case cases[] = {{100'000, 500, 2000},
                        {2000, 500, 40},
                        {1000, 250, 40},
                        {40, 10, 40},
                        {20, 10, 20},  // a batch of fewer than min_count keys
                                       // is not worth a trip
                        {0.5, 10, 1}};
  for (const auto& c : cases) {
    CAPTURE(c.rate);
    Throttle throttle({.keys_per_second = c.rate}, k_start);
    CHECK(throttle.count() == c.count);
    CHECK(spend_ten_seconds(throttle).batches == c.batches);
  }
}

TEST_CASE("throttle rate: what was not spent in idle time is forgotten but for a quarter second") {
  Throttle throttle({.keys_per_second = 1000}, k_start);
  const auto later = k_start + seconds(60);
  throttle.spend(250, later);
  CHECK(throttle.wait(later) == microseconds(0));
  throttle.spend(250, later);
  CHECK(throttle.wait(later) == milliseconds(250));
  CHECK(throttle.brake(later) == Brake::rate);
  CHECK(throttle.wait(later + milliseconds(250)) == microseconds(0));
}

TEST_CASE("throttle rate: keys that nothing was known of are paid for afterwards") {
  Throttle throttle({.keys_per_second = 1000}, k_start);
  throttle.spend(3000, k_start);
  CHECK(throttle.wait(k_start) == seconds(3));
  CHECK(throttle.wait(k_start + seconds(2)) == seconds(1));
}

TEST_CASE("throttle rate: a wait ends when it is over, not a moment before") {
  Throttle throttle({.keys_per_second = 3}, k_start);
  throttle.spend(1, k_start);
  CHECK(throttle.wait(k_start) == microseconds(333'334));
  CHECK(throttle.wait(k_start + microseconds(333'333)) == microseconds(1));
  CHECK(throttle.wait(k_start + microseconds(333'334)) == microseconds(0));
}

TEST_CASE("throttle rate: a rate of almost nothing is a long wait, not a clock that wraps") {
  for (const double rate : {0.0, 1e-300, 1e-9}) {
    CAPTURE(rate);
    Throttle throttle({.keys_per_second = rate}, k_start);
    for (int batch = 0; batch < 1000; ++batch) throttle.spend(UINT64_MAX, k_start);
    CHECK(throttle.wait(k_start) == std::chrono::hours(24 * 365));
  }
}

TEST_CASE("throttle: a batch is at least one key, whatever the limits say") {
  Throttle small({.keys_per_second = 1, .count = 3, .min_count = 10}, k_start);
  CHECK(small.count() == 3);
  CHECK(small.brake(k_start) == Brake::none);
  CHECK(Throttle({.count = 0}, k_start).count() == 1);
  CHECK(Throttle({.keys_per_second = 1, .min_count = 0}, k_start).count() == 1);
}

TEST_CASE(
    "throttle latency: the batch settles where the server answers a little under the budget") {
  struct Case {
    double us_per_key;
    milliseconds budget;
  };
  const Case cases[] = {{2, milliseconds(1)}, {2, milliseconds(5)}, {0.5, milliseconds(1)}};
  for (const auto& c : cases) {
    CAPTURE(c.us_per_key);
    CAPTURE(c.budget.count());
    Throttle throttle({.max_latency = c.budget, .count = 20'000}, k_start);
    FakeServer server(c.us_per_key);
    throttle.measured(server.idle(), k_start);
    const auto settling = run_batches(throttle, server, 40, k_start);
    CHECK(settling.own.front() > c.budget);  // the first batch was too large by far
    const auto settled = run_batches(throttle, server, 500, settling.now);
    const auto late = std::count_if(settled.own.begin(), settled.own.end(),
                                    [&](microseconds own) { return own > c.budget; });
    const auto slack = std::count_if(settled.own.begin(), settled.own.end(),
                                     [&](microseconds own) { return own < c.budget / 2; });
    CHECK(late == 0);
    CHECK(slack == 0);
    CHECK(throttle.recent_latency() <= c.budget);
    CHECK(throttle.brake(settled.now) == Brake::latency);
    CHECK(throttle.wait(settled.now) == microseconds(0));
  }
}

TEST_CASE("throttle latency: the batch grows back when the server becomes fast") {
  Throttle throttle({.max_latency = milliseconds(1), .count = 500}, k_start);
  FakeServer slow(50);
  throttle.measured(slow.idle(), k_start);
  const auto before = run_batches(throttle, slow, 100, k_start);
  CHECK(before.counts.back() >= 10);
  CHECK(before.counts.back() <= 20);  // 1 ms is 20 keys here
  FakeServer fast(0.2);
  const auto after = run_batches(throttle, fast, 50, before.now);
  CHECK(after.counts.back() == 500);
  CHECK(throttle.brake(after.now) == Brake::none);
}

TEST_CASE("throttle latency: a late server is left alone for as long as it was late") {
  Throttle throttle({.max_latency = milliseconds(5)}, k_start);
  throttle.measured(milliseconds(20), k_start);  // a slow network is not the server's fault
  CHECK(throttle.wait(k_start) == microseconds(0));
  CHECK(throttle.recent_latency() == microseconds(0));
  const auto now = k_start + seconds(1);
  throttle.measured(milliseconds(20 + 105), now);
  CHECK(throttle.wait(now) == milliseconds(100));
  CHECK(throttle.brake(now) == Brake::latency);
  CHECK(throttle.count() == 250);
  CHECK(throttle.recent_latency() == milliseconds(105));
  CHECK(throttle.wait(now + milliseconds(100)) == microseconds(0));
}

TEST_CASE("throttle latency: one delay that several samples saw halves the batch once") {
  Throttle throttle({.max_latency = milliseconds(1), .count = 800}, k_start);
  throttle.measured(microseconds(100), k_start);
  const auto now = k_start + seconds(1);
  throttle.measured(milliseconds(10), now);
  throttle.measured(milliseconds(9), now + milliseconds(1));  // asked before the cut
  CHECK(throttle.count() == 400);
  throttle.measured(milliseconds(9), now + milliseconds(20));  // asked after it: still too much
  CHECK(throttle.count() == 200);
}

TEST_CASE(
    "throttle latency: it never falls below min_count, and calm while pausing proves nothing") {
  Throttle throttle({.max_latency = milliseconds(1)}, k_start);
  throttle.measured(microseconds(100), k_start);
  auto now = k_start;
  for (int sample = 0; sample < 20; ++sample) {
    now += seconds(1);
    throttle.measured(milliseconds(101), now);
  }
  CHECK(throttle.count() == 10);
  CHECK(throttle.wait(now) > milliseconds(90));
  for (int sample = 0; sample < 50; ++sample) {
    now += milliseconds(1);
    throttle.measured(microseconds(100), now);
  }
  CHECK(throttle.count() == 10);
  now += seconds(1);
  throttle.measured(microseconds(100), now);
  CHECK(throttle.count() == 11);
}

TEST_CASE("throttle latency: at the budget, and down to three quarters of it, the batch stays") {
  Throttle throttle({.max_latency = milliseconds(1)}, k_start);
  throttle.measured(microseconds(100), k_start);
  throttle.measured(milliseconds(3), k_start + seconds(1));
  REQUIRE(throttle.count() == 250);
  throttle.measured(microseconds(1100), k_start + seconds(2));
  throttle.measured(microseconds(850), k_start + seconds(3));
  CHECK(throttle.count() == 250);
  CHECK(throttle.wait(k_start + seconds(3)) == microseconds(0));
  throttle.measured(microseconds(849), k_start + seconds(4));
  CHECK(throttle.count() == 275);
}

TEST_CASE("throttle latency: what the last 64 samples did not see is not recent") {
  Throttle throttle({}, k_start);
  CHECK_FALSE(throttle.recent_latency());
  throttle.measured(milliseconds(9), k_start);
  throttle.measured(milliseconds(1), k_start);
  CHECK(throttle.recent_latency() == milliseconds(8));
  for (int sample = 0; sample < 63; ++sample) throttle.measured(milliseconds(2), k_start);
  CHECK(throttle.recent_latency() == milliseconds(1));
}

TEST_CASE("throttle lag: a full stop while a replica is too far behind or gone, then on again") {
  Throttle throttle({.max_lag = seconds(1)}, k_start);
  CHECK(throttle.wait(k_start) == microseconds(0));
  throttle.lag(milliseconds(1000));
  CHECK(throttle.wait(k_start) == microseconds(0));
  throttle.lag(milliseconds(1001));
  CHECK(throttle.wait(k_start) > microseconds(0));
  CHECK(throttle.wait(k_start + seconds(3600)) > microseconds(0));
  CHECK(to_string(throttle.brake(k_start + seconds(3600))) == "--max-lag");
  throttle.lag(milliseconds(10));
  CHECK(throttle.wait(k_start) == microseconds(0));
  CHECK(throttle.brake(k_start) == Brake::none);
  throttle.lag(std::nullopt);
  CHECK(throttle.wait(k_start) > microseconds(0));
  CHECK(throttle.brake(k_start) == Brake::lag);
}

TEST_CASE("throttle lag: a server that is calm because we stopped gets no larger batch for it") {
  Throttle throttle({.max_latency = milliseconds(1), .max_lag = seconds(1)}, k_start);
  throttle.measured(microseconds(100), k_start);
  throttle.measured(milliseconds(3), k_start + seconds(1));
  throttle.lag(seconds(5));
  for (int sample = 2; sample < 50; ++sample) {
    throttle.measured(microseconds(100), k_start + seconds(sample));
  }
  CHECK(throttle.count() == 250);
}

TEST_CASE("throttle: of several factors the one with the longest wait is named") {
  Throttle throttle(
      {.keys_per_second = 1000, .max_latency = milliseconds(1), .max_lag = seconds(1)}, k_start);
  throttle.measured(microseconds(100), k_start);
  const auto now = k_start + seconds(1);
  throttle.spend(750, now);  // a quarter was saved up: half a second is left to wait
  throttle.measured(microseconds(301'100), now);
  CHECK(throttle.wait(now) == milliseconds(500));
  CHECK(to_string(throttle.brake(now)) == "--rate");
  throttle.measured(microseconds(701'100), now);
  CHECK(throttle.wait(now) == milliseconds(700));
  CHECK(to_string(throttle.brake(now)) == "--max-latency");
  throttle.lag(seconds(2));
  CHECK(throttle.wait(now) == milliseconds(700));
  CHECK(throttle.brake(now) == Brake::lag);
}

TEST_CASE("throttle: with nothing to wait for, what shrinks the batch most is named") {
  Throttle throttle({.keys_per_second = 1000, .max_latency = milliseconds(1)}, k_start);
  CHECK(throttle.count() == 250);
  CHECK(throttle.brake(k_start) == Brake::rate);
  throttle.measured(microseconds(100), k_start);
  throttle.measured(milliseconds(2), k_start + seconds(1));
  const auto now = k_start + seconds(2);
  CHECK(throttle.wait(now) == microseconds(0));
  CHECK(throttle.count() == 125);  // half of what was sent, not of the 500 that might have been
  CHECK(throttle.brake(now) == Brake::latency);
}

}  // namespace
}  // namespace rcache::redis
