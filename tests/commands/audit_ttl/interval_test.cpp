#include "commands/audit_ttl/interval.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace rcache::audit_ttl {

TEST_CASE("interval: Wilson's, for a population without end") {
  // Source: Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in
  // Medicine 17 (1998), table I, method 3 (score): 81/263, 15/148, 0/20, 1/29.
  struct Case {
    std::uint64_t hits;
    std::uint64_t sampled;
    double low;
    double high;
  };
  const Case cases[] = {{81, 263, 0.2553, 0.3662},
                        {15, 148, 0.0624, 0.1605},
                        {0, 20, 0.0000, 0.1611},
                        {1, 29, 0.0061, 0.1718}};
  for (const auto& c : cases) {
    CAPTURE(c.hits);
    const auto got = sample_interval(c.hits, c.sampled, 0);
    CHECK(got.ratio ==
          doctest::Approx(static_cast<double>(c.hits) / static_cast<double>(c.sampled)));
    CHECK(got.low == doctest::Approx(c.low).epsilon(0.0002).scale(1));
    CHECK(got.high == doctest::Approx(c.high).epsilon(0.0002).scale(1));
  }
}

TEST_CASE("interval: no sample says nothing") {
  const auto got = sample_interval(0, 0, 1000);
  CHECK(got.low == 0);
  CHECK(got.high == 1);
}

TEST_CASE("interval: a sample of all is exact") {
  const auto got = sample_interval(3, 1000, 1000);
  CHECK(got.ratio == 0.003);
  CHECK(got.low == 0.003);
  CHECK(got.high == 0.003);
  CHECK(sample_interval(3, 1000, 900).high == 0.003);  // keys came and went
}

TEST_CASE("interval: a finite population narrows it, never widens it, never past what was seen") {
  for (const std::uint64_t hits : {0U, 1U, 50U, 499U, 500U}) {
    CAPTURE(hits);
    auto before = sample_interval(hits, 500, 0);
    for (const std::uint64_t population : {1'000'000U, 10'000U, 1'000U, 600U, 501U, 500U}) {
      CAPTURE(population);
      const auto now = sample_interval(hits, 500, population);
      CHECK(now.low >= before.low - 1e-12);
      CHECK(now.high <= before.high + 1e-12);
      CHECK(now.low <= now.ratio);
      CHECK(now.ratio <= now.high);
      CHECK(now.low * static_cast<double>(population) >= static_cast<double>(hits) - 1e-6);
      before = now;
    }
  }
}

TEST_CASE("interval: it holds the truth in 95 of 100 samples without repeats") {
  // By the exact hypergeometric distribution, no luck involved: for each truth, how probable are
  // the samples whose interval holds it?
  const int population = 400;
  const int sampled = 100;
  double worst = 1;
  double sum = 0;
  int truths = 0;
  for (int truth = 0; truth <= population; truth += 5) {
    double covered = 0;
    double all = 0;
    // P(k+1)/P(k) = (K-k)(n-k) / ((k+1)(N-K-n+k+1)), from the first possible k on; the first weight
    // is any, as all are divided by their sum.
    int hits = std::max(0, sampled - (population - truth));
    double p = 1;
    const double ratio = static_cast<double>(truth) / population;
    std::vector<std::pair<int, double>> terms;
    for (; hits <= std::min(truth, sampled); ++hits) {
      terms.emplace_back(hits, p);
      all += p;
      p *= static_cast<double>(truth - hits) * (sampled - hits) /
           (static_cast<double>(hits + 1) * (population - truth - sampled + hits + 1));
    }
    for (const auto& [k, weight] : terms) {
      const auto got = sample_interval(static_cast<std::uint64_t>(k), sampled, population);
      if (got.low - 1e-12 <= ratio && ratio <= got.high + 1e-12) covered += weight / all;
    }
    worst = std::min(worst, covered);
    sum += covered;
    ++truths;
  }
  CHECK(sum / truths > 0.945);
  CHECK(worst > 0.90);
}

}  // namespace rcache::audit_ttl
