#include "commands/demo/random.h"

#include <doctest/doctest.h>

#include <array>

namespace rcache::demo {

// Source: the reference implementation, https://prng.di.unimi.it/splitmix64.c, started with x =
// 1234567.
TEST_CASE("random: gives the numbers of the reference implementation") {
  Random random(1'234'567);
  CHECK(random.next() == 6'457'827'717'110'365'317u);
  CHECK(random.next() == 3'203'168'211'198'807'973u);
  CHECK(random.next() == 9'817'491'932'198'370'423u);
}

TEST_CASE("random: streams of other families and indexes differ") {
  CHECK(Random(1, 2, 3).next() == Random(1, 2, 3).next());
  CHECK(Random(1, 2, 3).next() != Random(1, 2, 4).next());
  CHECK(Random(1, 2, 3).next() != Random(1, 3, 3).next());
  CHECK(Random(1, 2, 3).next() != Random(2, 2, 3).next());
}

TEST_CASE("random: between includes both ends") {
  Random random(1);
  bool is_low_seen = false;
  bool is_high_seen = false;
  for (int i = 0; i < 200; ++i) {
    const auto number = random.between(-2, 2);
    REQUIRE(number >= -2);
    REQUIRE(number <= 2);
    is_low_seen |= number == -2;
    is_high_seen |= number == 2;
  }
  CHECK(is_low_seen);
  CHECK(is_high_seen);
}

TEST_CASE("random: popular prefers the first, stays below the count, and one of one is it") {
  Random random(1);
  std::array<int, 100> seen{};
  for (int i = 0; i < 100'000; ++i) ++seen.at(random.popular(seen.size()));
  CHECK(seen[0] > 5 * seen[15]);
  CHECK(seen[15] > seen[90]);
  CHECK(seen[99] > 0);
  CHECK(random.popular(1) == 0);
}

TEST_CASE("random: hex has as many digits as asked for") {
  CHECK(Random(1).hex(0).empty());
  CHECK(Random(1).hex(7).size() == 7);
  CHECK(Random(1).hex(32).find_first_not_of("0123456789abcdef") == std::string::npos);
  CHECK(Random(1).hex(32).substr(0, 16) != Random(1).hex(32).substr(16));
}

}  // namespace rcache::demo
