#include "stampede/keyspace_advice.h"

#include <doctest/doctest.h>

#include "stampede/closed_forms.h"
#include "stampede/zipf.h"

namespace rcache::stampede {
namespace {

PatternTtls pattern(const std::string& name, std::uint64_t keys, Nanos longest,
                    std::uint64_t together = 0) {
  PatternTtls out;
  out.pattern = name;
  out.keys = keys;
  out.longest = longest;
  if (together > 0) {
    Cliff cliff;
    cliff.pattern = name;
    cliff.keys = together;
    out.cliffs.push_back(cliff);
  }
  return out;
}

KeyspaceJob job_of(double rate) {
  KeyspaceJob job;
  job.advice.scenario.rate = rate;
  job.advice.scenario.db = DatabaseModel::fifo;
  job.advice.strategies = {Strategy::none, Strategy::lock_retry, Strategy::swr_lock};
  job.advice.runs = 1;
  return job;
}

}  // namespace

TEST_CASE("scenario_of: a pattern has its keys, its part of the traffic, its TTL and its cliff") {
  const auto job = job_of(1000);
  const auto scenario = scenario_of(job, pattern("a:*", 300, 59'300 * k_millisecond, 120), 1200);
  CHECK(scenario.name == "a:*");
  CHECK(scenario.keys == 300);
  CHECK(scenario.rate == doctest::Approx(250));
  CHECK(scenario.ttl == 60 * k_second);
  CHECK(scenario.together == 120U);
  CHECK(scenario_of(job, pattern("a:*", 300, k_second), 300).together == 1U);
}

TEST_CASE(
    "scenario_of: a TTL that was typed counts, and huge patterns are cut with their traffic") {
  auto job = job_of(1000);
  job.keep_ttl = true;
  job.advice.scenario.ttl = 7 * k_second;
  const auto scenario = scenario_of(job, pattern("a:*", 4'000'000, k_second), 4'000'000);
  CHECK(scenario.ttl == 7 * k_second);
  CHECK(scenario.keys == 1'000'000);
  CHECK(scenario.rate == doctest::Approx(250));
}

TEST_CASE("advise_keyspace: the pattern with the cliff comes first and needs jitter") {
  const auto advice = advise_keyspace(job_of(4000), {pattern("plain:*", 400, 60 * k_second),
                                                     pattern("cliff:*", 300, 60 * k_second, 300)});
  REQUIRE(advice.patterns.size() == 2);
  CHECK(advice.keys == 700);
  const auto& cliff = advice.patterns.front();
  CHECK(cliff.ttls.pattern == "cliff:*");
  REQUIRE(cliff.advice.feasible());
  bool jitter = false;
  for (const auto& change : cliff.advice.recommendations.front().changes)
    jitter = jitter || change.setting == Change::Setting::jitter;
  CHECK(jitter);
  CHECK_FALSE(advice.patterns.back().advice.outlook.jitter);
  CHECK(advice.feasible());
}

TEST_CASE("advise_keyspace: together they may be too many, though each alone is not") {
  std::vector<PatternTtls> patterns;
  for (int index = 0; index < 4; ++index)
    patterns.push_back(pattern("p" + std::to_string(index), 200, 4 * k_second));
  auto job = job_of(100'000);
  job.most_patterns = 1;
  const auto advice = advise_keyspace(job, std::move(patterns));
  CHECK(advice.patterns.size() == 1);
  CHECK(advice.others.size() == 3);
  // 4 * 200 * 0.1 / 4.1
  CHECK(advice.floor_loads == doctest::Approx(19.5).epsilon(0.01));
  CHECK_FALSE(advice.feasible());
}

TEST_CASE("scenario_of: what was heard says how much traffic there is, and how unequal it is") {
  auto job = job_of(1000);
  job.listened_seconds = 10;
  auto ttls = pattern("a:*", 300, 60 * k_second);
  ttls.reads = {5000, 1500};
  const auto scenario = scenario_of(job, ttls, 1200);
  CHECK(scenario.rate == doctest::Approx(500));
  CHECK(zipf_shares(300, scenario.zipf).front() == doctest::Approx(0.3).epsilon(0.001));
}

TEST_CASE("zipf_exponent: gives the largest key its share, for few keys and for many") {
  for (const std::uint32_t keys : {2U, 10U, 1000U, 100'000U}) {
    for (const double exponent : {0.3, 1.0, 1.7}) {
      CAPTURE(keys);
      CAPTURE(exponent);
      const double share = zipf_shares(keys, exponent).front();
      CHECK(zipf_exponent(keys, share) == doctest::Approx(exponent).epsilon(0.001));
    }
  }
  CHECK(zipf_exponent(10, 0.1) < 1e-6);
  CHECK(zipf_exponent(10, 0.0) < 1e-6);
  CHECK(zipf_exponent(1, 1.0) <= 5);
}

TEST_CASE("advise_keyspace: a pattern that nobody reads is not simulated, whatever its cliff") {
  auto job = job_of(0);
  job.listened_seconds = 30;
  auto quiet = pattern("quiet:*", 5000, 60 * k_second, 5000);
  auto read = pattern("read:*", 100, 60 * k_second);
  read.reads = {3000, 300};
  const auto advice = advise_keyspace(job, {quiet, read});
  REQUIRE(advice.patterns.size() == 1);
  CHECK(advice.patterns.front().ttls.pattern == "read:*");
  CHECK(advice.rate == doctest::Approx(100));
  REQUIRE(advice.others.size() == 1);
  CHECK(advice.rate_of(advice.others.front()) == 0);
}

TEST_CASE("advise_keyspace: what expires in one second is added up over patterns") {
  auto job = job_of(1000);
  job.most_patterns = 1;
  const auto advice = advise_keyspace(
      job, {pattern("a:*", 300, 60 * k_second, 300), pattern("b:*", 200, 60 * k_second, 200),
            pattern("c:*", 100, 60 * k_second)});
  REQUIRE(advice.shared_cliffs.size() == 1);
  const auto& cliff = advice.shared_cliffs.front();
  CHECK(cliff.keys == 500);
  CHECK(cliff.patterns == std::vector<std::string>{"a:*", "b:*"});
  CHECK(cliff.jitter == round_up(closed::jitter_needed(500, 0.1, job.advice.scenario.db_slots)));
  // Whatever a pattern needs alone, all of them need that much.
  REQUIRE(advice.patterns.front().advice.feasible());
  for (const auto& each : advice.patterns.front().advice.recommendations) {
    const auto* jitter = find(each.changes, Change::Setting::jitter);
    REQUIRE(jitter != nullptr);
    CHECK(jitter->span >= cliff.jitter);
  }
  // What a job wrote lies on both sides of a tick.
  auto later = pattern("b:*", 200, 60 * k_second, 200);
  later.cliffs.front().at_unix_ms = 1000;
  const auto touching =
      advise_keyspace(job, {pattern("a:*", 300, 60 * k_second, 300), later}).shared_cliffs;
  REQUIRE(touching.size() == 1);
  CHECK(touching.front().keys == 500);
  later.cliffs.front().at_unix_ms = 3000;
  CHECK(
      advise_keyspace(job, {pattern("a:*", 300, 60 * k_second, 300), later}).shared_cliffs.empty());
  // One pattern alone shares nothing, and few keys are no matter.
  CHECK(advise_keyspace(job, {pattern("a:*", 300, 60 * k_second, 300)}).shared_cliffs.empty());
  CHECK(advise_keyspace(job,
                        {pattern("a:*", 4, 60 * k_second, 4), pattern("b:*", 4, 60 * k_second, 4)})
            .shared_cliffs.empty());
}

TEST_CASE("advise_keyspace: keys without a TTL are counted, and not simulated") {
  auto forever = pattern("forever:*", 0, 0);
  forever.without_ttl = 50;
  const auto advice = advise_keyspace(job_of(100), {forever});
  CHECK(advice.patterns.empty());
  CHECK(advice.without_ttl == 50);
  CHECK(advice.floor_loads == 0);
}

TEST_CASE("simulate: keys that do not expire together are spread over the TTL") {
  Scenario scenario;
  scenario.keys = 500;
  scenario.zipf = 0;
  scenario.rate = 5000;
  scenario.ttl = 30 * k_second;
  scenario.duration = 60 * k_second;
  scenario.db = DatabaseModel::unlimited;
  Job job;
  job.strategies = {Strategy::lock_retry};
  job.scenario = scenario;
  const auto peak = [&](std::optional<std::uint32_t> together) {
    job.scenario.together = together;
    return simulate(job, generated_arrivals(job.scenario)).strategies.front().peak_loads;
  };
  CHECK(peak({}) > 250);
  CHECK(peak(100) > 50);
  CHECK(peak(100) < 120);
  CHECK(peak(1) < 15);
  CHECK(peak(600) == peak({}));
}

}  // namespace rcache::stampede
