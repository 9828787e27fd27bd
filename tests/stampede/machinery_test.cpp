// What the simulation stands on: mathematics, random numbers, queues, percentiles.
#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "stampede/agenda.h"
#include "stampede/histogram.h"
#include "stampede/math.h"
#include "stampede/ordered_queue.h"
#include "stampede/random.h"
#include "stampede/strategies/flights.h"
#include "stampede/zipf.h"

namespace rcache::stampede {

TEST_CASE("math: our own functions agree with the library's") {
  for (double x = 1e-12; x < 1e12; x *= 1.37) {
    CAPTURE(x);
    CHECK(log_of(x) == doctest::Approx(std::log(x)).epsilon(1e-14));
  }
  for (double x = -690; x < 690; x += 0.731) {
    CAPTURE(x);
    CHECK(exp_of(x) == doctest::Approx(std::exp(x)).epsilon(1e-13));
  }
  CHECK(log_of(1) == 0);
  CHECK(exp_of(0) == 1);
  CHECK(exp_of(-1e9) == 0);
  CHECK(power(2, 10) == doctest::Approx(1024).epsilon(1e-13));
  CHECK(normal_quantile(0.975) == doctest::Approx(1.959964).epsilon(1e-6));
  CHECK(normal_quantile(0.5) == doctest::Approx(0));
  CHECK(normal_quantile(0.001) == doctest::Approx(-3.090232).epsilon(1e-6));
}

TEST_CASE("random: the same on every machine, for ever") {
  const Stream gaps(1, Purpose::gap);
  CHECK(gaps.bits(0) == 4060866593081980247ULL);
  CHECK(gaps.bits(12345) == 11989173616606154576ULL);
  CHECK(Stream(2, Purpose::coin).bits(7) == 14514364851318493349ULL);
}

TEST_CASE("random: uniform, and never the zero whose logarithm is infinite") {
  const Stream coins(3, Purpose::coin);
  double sum = 0;
  std::vector<int> counts(7);
  for (std::uint64_t index = 0; index < 70'000; ++index) {
    const double u = coins.above_zero(index);
    CHECK_UNARY(u > 0 && u <= 1);
    sum += u;
    ++counts[coins.below(7, index)];
  }
  CHECK(sum / 70'000 == doctest::Approx(0.5).epsilon(0.01));
  for (const int count : counts) CHECK(count == doctest::Approx(10'000).epsilon(0.05));
}

TEST_CASE("random: load times have the means of their distributions") {
  const Stream times(1, Purpose::load_time);
  const LoadTime kinds[] = {
      {LoadTime::Kind::constant, k_second, 0, 0},
      {LoadTime::Kind::exponential, k_second, 0, 0},
      {LoadTime::Kind::uniform, k_second, 3 * k_second, 0},
      {LoadTime::Kind::lognormal, k_second, 0, 0.5},
  };
  for (const auto& kind : kinds) {
    double sum = 0;
    for (std::uint64_t index = 0; index < 50'000; ++index)
      sum += seconds(draw_load_time(kind, times.above_zero(index)));
    CHECK(sum / 50'000 == doctest::Approx(mean_seconds(kind)).epsilon(0.02));
  }
  CHECK(draw_load_time(kinds[3], 1.0) > 0);
}

TEST_CASE("zipf: keys come as often as their shares say") {
  const Zipf popularity(100, 1);
  const Stream keys(1, Purpose::key);
  const auto shares = zipf_shares(100, 1);
  std::vector<int> counts(100);
  for (std::uint64_t index = 0; index < 200'000; ++index)
    ++counts[popularity.draw(keys.bits(index))];
  for (const std::size_t key : {0U, 1U, 9U, 99U})
    CHECK(counts[key] == doctest::Approx(200'000 * shares[key]).epsilon(0.1));
}

TEST_CASE("ordered queue: in order out, whatever the order in") {
  OrderedQueue<int> queue;
  for (const int value : {5, 7, 7, 3, 9, 1, 8}) queue.push(value);
  std::vector<int> out;
  for (; !queue.empty(); queue.pop()) out.push_back(queue.front());
  CHECK(out == std::vector<int>{1, 3, 5, 7, 7, 8, 9});
}

TEST_CASE("agenda: what comes first was planned first among what comes together") {
  Agenda agenda;
  const auto slow = agenda.line(10);
  const auto fast = agenda.line(5);
  CHECK(agenda.line(10) == slow);
  CHECK(agenda.soonest() == k_never);
  agenda.after(slow, 0, Stage::look, 1);
  agenda.at(10, Stage::look, 2);
  agenda.after(fast, 5, Stage::look, 3);
  agenda.after(fast, 1, Stage::look, 4);
  CHECK(agenda.soonest() == 6);
  std::vector<std::uint32_t> order;
  while (agenda.soonest() != k_never) order.push_back(agenda.take().who);
  CHECK(order == std::vector<std::uint32_t>{4, 1, 2, 3});
}

TEST_CASE("histogram: exact where it can be, and never a value that did not occur") {
  Histogram values;
  CHECK(values.at(0.5) == 0);
  for (Nanos value = 1; value <= 1000; ++value) values.add(value);
  CHECK(values.at(0.5) == 500);
  CHECK(values.at(0.999) == 999);
  CHECK(values.at(1) == 1000);
  Histogram large;
  large.add(200'000'003, 999);
  large.add(12'345'678'901);
  CHECK(large.at(0.5) == 200'000'003);
  CHECK(large.at(0.9991) == 12'345'678'901);
  CHECK(large.max() == 12'345'678'901);
  const auto curve = large.curve(50);
  REQUIRE(curve.size() >= 2);
  CHECK(curve.back().ratio == 1);
  CHECK(curve.back().seconds == doctest::Approx(12.345678901));
}

TEST_CASE("flights: found, removed and grown, as a map would have it") {
  Flights flights;
  for (std::uint32_t key = 0; key < 1000; ++key) flights.add(Flights::name(key % 8, key));
  for (std::uint32_t key = 0; key < 1000; key += 2) flights.remove(Flights::name(key % 8, key));
  for (std::uint32_t key = 0; key < 1000; ++key) {
    CAPTURE(key);
    CHECK((flights.find(Flights::name(key % 8, key)) != nullptr) == (key % 2 == 1));
  }
}

}  // namespace rcache::stampede
