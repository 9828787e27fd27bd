#include "core/expiry_cliffs.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <random>
#include <string>
#include <vector>

namespace rcache {
namespace {

constexpr std::int64_t k_start = 1'795'000'000'000;
constexpr std::int64_t k_hour = 3'600'000;

using Random = std::mt19937_64;

std::int64_t below(Random& random, std::int64_t limit) {
  return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(limit));
}

ExpirySeconds filled(int keys, const std::function<std::int64_t(Random&)>& ttl_ms) {
  Random random(11);
  ExpirySeconds out(k_start);
  for (int i = 0; i < keys; ++i) out.add(k_start + ttl_ms(random));
  return out;
}

}  // namespace

TEST_CASE("cliffs: what is none") {
  struct Case {
    std::string name;
    int keys;
    std::function<std::int64_t(Random&)> ttl_ms;
  };
  const Case cases[] = {
      {"no keys", 0, [](Random&) { return 0; }},
      {"too few to be felt", 99, [](Random&) { return k_hour; }},
      {"written over time, ten minutes each", 100'000, [](Random& r) { return below(r, 600'000); }},
      {"written over time, a second each", 10'000, [](Random& r) { return below(r, 1'000); }},
      {"written over time, two seconds each", 10'000, [](Random& r) { return below(r, 2'000); }},
      {"written over time, ten seconds each", 10'000, [](Random& r) { return below(r, 10'000); }},
      {"written over time, a day each", 500'000, [](Random& r) { return below(r, 24 * k_hour); }},
      {"jitter of 10 % on an hour", 100'000, [](Random& r) { return k_hour + below(r, 360'000); }},
      {"jitter of a minute on an hour", 100'000,
       [](Random& r) { return k_hour + below(r, 60'000); }},
      {"jitter of 10 % on a minute, in whole seconds", 20'000,
       [](Random& r) { return 60'000 + 1000 * below(r, 7); }},
      {"jitter of 10 % on ten minutes, in whole seconds", 20'000,
       [](Random& r) { return 600'000 + 1000 * below(r, 61); }},
      {"jitter of 0 to 15 whole seconds on an hour", 20'000,
       [](Random& r) { return k_hour + 1000 * below(r, 16); }},
      {"jitter of 10 % either way on ten seconds, in whole seconds", 20'000,
       [](Random& r) { return 9'000 + 1000 * below(r, 3); }},
      {"jitter in a bell, 5 % wide, on ten minutes", 50'000,
       [](Random& r) {
         return 600'000 + static_cast<std::int64_t>(std::normal_distribution<>(0, 30'000)(r));
       }},
      {"years to live, spread over a year", 200'000,
       [](Random& r) { return 24 * k_hour * 365 * 5 + below(r, 24 * k_hour * 365); }},
  };
  for (const auto& c : cases) {
    CAPTURE(c.name);
    const auto found = filled(c.keys, c.ttl_ms).cliffs("p:*");
    CHECK(found.empty());
    if (!found.empty()) CAPTURE(found[0].keys);
  }
}

TEST_CASE("cliffs: what is one, with its time and size") {
  struct Case {
    std::string name;
    int keys;
    std::function<std::int64_t(Random&)> ttl_ms;
    std::int64_t at_ms;  ///< from the start
    std::uint64_t seconds;
    std::uint64_t least;
    std::uint64_t most;
  };
  const Case cases[] = {
      {"all in one second", 5'000, [](Random&) { return k_hour; }, k_hour, 1, 5'000, 5'000},
      {"just enough", 100, [](Random&) { return k_hour; }, k_hour, 1, 100, 100},
      {"on the hour, give or take the way here", 5'000,
       [](Random& r) { return k_hour + below(r, 7) - 3; }, k_hour, 1, 5'000, 5'000},
      {"on both sides of a tick", 5'000, [](Random& r) { return k_hour + 490 + below(r, 20); },
       k_hour, 2, 5'000, 5'000},
      {"the five seconds that a job took to write them", 50'000,
       [](Random& r) { return 24 * k_hour + below(r, 4'000); }, 24 * k_hour, 5, 49'000, 50'000},
      {"one of ten keys, among those written over time", 50'000,
       [](Random& r) { return below(r, 10) == 0 ? 300'000 : below(r, 600'000); }, 300'000, 1, 4'700,
       5'300},
      {"a hundredth, among many seconds of a day", 500'000,
       [](Random& r) { return below(r, 100) == 0 ? 7 * k_hour : below(r, 24 * k_hour); },
       7 * k_hour, 1, 2'500, 5'300},
      {"years ahead", 5'000, [](Random&) { return 24 * k_hour * 3650; }, 24 * k_hour * 3650, 1,
       5'000, 5'000},
      {"soon", 5'000, [](Random&) { return 10'000; }, 10'000, 1, 5'000, 5'000},
  };
  for (const auto& c : cases) {
    CAPTURE(c.name);
    const auto found = filled(c.keys, c.ttl_ms).cliffs("p:*");
    REQUIRE(found.size() == 1);
    CHECK(found[0].pattern == "p:*");
    CHECK(found[0].at_unix_ms == k_start + c.at_ms);
    CHECK(found[0].seconds == c.seconds);
    CHECK(found[0].keys >= c.least);
    CHECK(found[0].keys <= c.most);
  }
}

TEST_CASE("cliffs: two of one pattern are two, in order of time") {
  Random random(3);
  ExpirySeconds some(k_start);
  for (int i = 0; i < 3'000; ++i) {
    some.add(k_start + 2 * k_hour);
    if (i % 2 == 0) some.add(k_start + k_hour);
    some.add(k_start + below(random, 3 * k_hour));
  }
  const auto found = some.cliffs("p:*");
  REQUIRE(found.size() == 2);
  CHECK(found[0].at_unix_ms == k_start + k_hour);
  CHECK(found[1].at_unix_ms == k_start + 2 * k_hour);
  auto sorted = found;
  sort_cliffs(sorted);
  CHECK(sorted[0].at_unix_ms == k_start + 2 * k_hour);
}

TEST_CASE("cliffs: what has expired already, and what never will, is none") {
  ExpirySeconds some(k_start);
  for (int i = 0; i < 1'000; ++i) {
    some.add(k_start - k_hour);
    some.add(k_start + 24 * k_hour * 366 * 200);
  }
  CHECK(some.cliffs("p:*").empty());
}

TEST_CASE("cliffs: merging finds what neither part could") {
  ExpirySeconds whole(k_start);
  std::vector<ExpirySeconds> parts(8, ExpirySeconds(k_start));
  Random random(5);
  for (int i = 0; i < 40'000; ++i) {
    const auto at = k_start + (i % 50 == 0 ? 5 * k_hour : below(random, 24 * k_hour));
    whole.add(at);
    parts[static_cast<std::size_t>(i % 8)].add(at);
  }
  for (std::size_t i = 1; i < 8; ++i) parts[0].merge(parts[i]);
  const auto together = parts[0].cliffs("p:*");
  REQUIRE(together.size() == 1);
  REQUIRE(whole.cliffs("p:*").size() == 1);
  CHECK(together[0].at_unix_ms == k_start + 5 * k_hour);
  // Too low by at most a 256th of all keys, and it says so.
  CHECK(together[0].at_least);
  CHECK(together[0].keys <= 800);
  CHECK(together[0].keys >= 800 - 40'000 / ExpirySeconds::k_seconds);
}

TEST_CASE("cliffs: merging few keys stays exact") {
  ExpirySeconds one(k_start);
  ExpirySeconds two(k_start);
  for (int i = 0; i < 300; ++i) {
    one.add(k_start + k_hour);
    two.add(k_start + k_hour);
  }
  one.merge(two);
  const auto found = one.cliffs("p:*");
  REQUIRE(found.size() == 1);
  CHECK(found[0].keys == 600);
  CHECK_FALSE(found[0].at_least);
}

}  // namespace rcache
