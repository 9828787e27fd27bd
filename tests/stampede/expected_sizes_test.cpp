#include "stampede/expected_sizes.h"

#include <doctest/doctest.h>

#include <numeric>

namespace rcache::stampede {
namespace {

Scenario plain() {
  Scenario scenario;
  scenario.rate = 400;
  scenario.load_time.span = 500 * k_millisecond;
  scenario.ttl = 30 * k_second;
  scenario.db = DatabaseModel::unlimited;
  return scenario;
}

double mean(const std::vector<double>& chances) {
  double sum = 0;
  for (std::size_t index = 0; index < chances.size(); ++index)
    sum += static_cast<double>(index + 1) * chances[index];
  return sum;
}

}  // namespace

TEST_CASE("expected_sizes: XFetch is geometric with p = exp(-1/beta)") {
  // Vattani et al., PVLDB 8(8): "most stampedes have size 1 or 2".
  const auto chances = expected_sizes(plain(), Strategy::xfetch, 60);
  REQUIRE(chances.size() == 60);
  const double known[] = {.3679, .2325, .1470, .0929, .0587, .0371, .0235, .0148};
  for (std::size_t index = 0; index < std::size(known); ++index)
    CHECK(chances[index] == doctest::Approx(known[index]).epsilon(0.002));
  CHECK(mean(chances) == doctest::Approx(2.718).epsilon(0.001));
}

TEST_CASE("expected_sizes: cache-aside is 1 + Poisson(rate*load)") {
  auto scenario = plain();
  scenario.rate = 10;
  scenario.load_time.span = 50 * k_millisecond;
  const auto chances = expected_sizes(scenario, Strategy::none, 20);
  CHECK(chances[0] == doctest::Approx(0.60653).epsilon(0.0001));
  CHECK(mean(chances) == doctest::Approx(1.5).epsilon(0.0001));
  const auto many = expected_sizes(plain(), Strategy::swr, 400);
  CHECK(std::accumulate(many.begin(), many.end(), 0.0) == doctest::Approx(1));
  CHECK(mean(many) == doctest::Approx(201).epsilon(0.0001));
}

TEST_CASE("expected_sizes: a lock makes it one, unless it is too short") {
  auto scenario = plain();
  CHECK(expected_sizes(scenario, Strategy::swr_lock, 3) == std::vector<double>{1, 0, 0});
  scenario.lock_ttl = 300 * k_millisecond;
  CHECK(expected_sizes(scenario, Strategy::swr_lock, 3).empty());
}

TEST_CASE("expected_sizes: nothing where no closed form holds") {
  auto scenario = plain();
  CHECK(expected_sizes(scenario, Strategy::mutex, 5).empty());
  CHECK(expected_sizes(scenario, Strategy::none, 0).empty());
  scenario.db = DatabaseModel::shared;  // and 200 loads for 10 slots
  CHECK(expected_sizes(scenario, Strategy::none, 5).empty());
  CHECK_FALSE(expected_sizes(plain(), Strategy::none, 5).empty());
  for (const auto change :
       {+[](Scenario& s) { s.keys = 2; }, +[](Scenario& s) { s.clients = 5; },
        +[](Scenario& s) { s.crash = 0.1; }, +[](Scenario& s) { s.slow_at = k_second; },
        +[](Scenario& s) { s.load_time.kind = LoadTime::Kind::exponential; }}) {
    auto other = plain();
    change(other);
    CHECK(expected_sizes(other, Strategy::none, 5).empty());
  }
  auto early = plain();
  early.ttl = 5 * k_second;  // refreshes 2.9 s before the expiry
  CHECK(expected_sizes(early, Strategy::xfetch, 5).empty());
}

}  // namespace rcache::stampede
