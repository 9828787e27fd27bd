#include "core/ttl_histogram.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

namespace rcache {

TEST_CASE("ttl histogram: nothing in it is unknown, not 0") {
  const TtlHistogram none;
  CHECK(none.empty());
  CHECK(none.min_ms() == std::nullopt);
  CHECK(none.max_ms() == std::nullopt);
  CHECK(none.quantile_ms(0.5) == std::nullopt);
  CHECK(none.keys_between(0, 1e18) == 0);
  CHECK(none.bins(1, 1000, 3).size() == 3);
}

TEST_CASE("ttl histogram: one key is exact, whatever its TTL") {
  for (const std::int64_t ttl :
       {std::int64_t{0}, std::int64_t{1}, std::int64_t{15}, std::int64_t{16}, std::int64_t{17},
        std::int64_t{86'400'000}, std::int64_t{3'155'760'000'000},
        std::numeric_limits<std::int64_t>::max()}) {
    CAPTURE(ttl);
    TtlHistogram one;
    one.add(ttl);
    CHECK(one.min_ms() == ttl);
    CHECK(one.max_ms() == ttl);
    for (const double ratio : {0.0, 0.5, 0.9, 1.0}) CHECK(one.quantile_ms(ratio) == ttl);
  }
}

TEST_CASE("ttl histogram: what is below 0 counts as 0") {
  TtlHistogram some;
  some.add(-5);
  CHECK(some.min_ms() == 0);
  CHECK(some.keys() == 1);
}

TEST_CASE("ttl histogram: quantiles are within a sixteenth of the true ones") {
  std::mt19937_64 random(7);  // a fixed seed: the same numbers on each run
  for (const double spread : {0.1, 1.0, 4.0}) {
    CAPTURE(spread);
    std::lognormal_distribution<double> some(std::log(600'000.0), spread);
    std::vector<std::int64_t> all;
    TtlHistogram histogram;
    for (int i = 0; i < 20'000; ++i) {
      all.push_back(static_cast<std::int64_t>(std::min(some(random), 1e15)));
      histogram.add(all.back());
    }
    std::ranges::sort(all);
    CHECK(histogram.min_ms() == all.front());
    CHECK(histogram.max_ms() == all.back());
    for (const double ratio : {0.01, 0.5, 0.9, 0.999}) {
      CAPTURE(ratio);
      const auto rank = static_cast<std::size_t>(std::ceil(ratio * 20'000)) - 1;
      const auto wanted = static_cast<double>(all[rank]);
      CHECK(std::abs(static_cast<double>(*histogram.quantile_ms(ratio)) - wanted) <=
            wanted / 16 + 1);
    }
  }
}

TEST_CASE("ttl histogram: merging says the same as adding, in any order") {
  TtlHistogram whole;
  TtlHistogram low;
  TtlHistogram high;
  for (std::int64_t ttl = 1; ttl < 3'000'000; ttl = ttl * 5 / 4 + 1) {
    whole.add(ttl, 3);
    (ttl < 1000 ? low : high).add(ttl, 3);
  }
  TtlHistogram up = low;
  up.merge(high);
  TtlHistogram down = high;
  down.merge(low);
  down.merge(TtlHistogram());
  for (const auto* each : {&up, &down}) {
    CHECK(each->keys() == whole.keys());
    CHECK(each->min_ms() == whole.min_ms());
    CHECK(each->max_ms() == whole.max_ms());
    for (const double ratio : {0.1, 0.5, 0.9}) {
      CHECK(each->quantile_ms(ratio) == whole.quantile_ms(ratio));
    }
  }
}

TEST_CASE("ttl histogram: the bins of a chart lose no key, inside or outside its range") {
  TtlHistogram some;
  some.add(3, 10);           // before the first bin
  some.add(60'000, 200);     // one value: it is in one bin, not smeared over two
  some.add(10'000'000, 30);  // behind the last
  const auto bins = some.bins(1'000, 1'000'000, 12);
  REQUIRE(bins.size() == 12);
  double sum = 0;
  for (const auto& bin : bins) sum += bin.keys;
  CHECK(sum == doctest::Approx(240));
  CHECK(bins.front().keys == doctest::Approx(10));
  CHECK(bins.back().keys == doctest::Approx(30));
  CHECK(std::ranges::count_if(bins, [](const auto& bin) { return bin.keys > 0; }) == 3);
  CHECK(bins.front().from_ms == doctest::Approx(1'000));
  CHECK(bins.back().to_ms == doctest::Approx(1'000'000));
}

TEST_CASE("ttl histogram: whole buckets around a stretch hold all of its keys") {
  TtlHistogram some;
  some.add(1'000, 5);
  some.add(1'040, 7);
  some.add(9'000, 11);
  const auto near = some.around(1'010, 1'020);
  CHECK(near.from_ms <= 1'010);
  CHECK(near.to_ms >= 1'020);
  CHECK(near.keys >= 5);
  CHECK(near.keys <= 12);
  CHECK(some.around(100'000, 200'000).keys == 0);
}

}  // namespace rcache
