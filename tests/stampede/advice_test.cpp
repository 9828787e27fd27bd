#include "stampede/advice.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>

#include "stampede/outlook.h"
#include "stampede/presets.h"

namespace rcache::stampede {
namespace {

AdviceJob job_of(const Scenario& scenario) {
  AdviceJob job;
  job.scenario = scenario;
  const auto all = all_strategies();
  job.strategies.assign(all.begin(), all.end());
  job.runs = 2;
  job.threads = 2;
  return job;
}

Scenario preset(std::string_view name) {
  return preset_named(name)->scenario;
}

const Proof* recommended(const Advice& advice, Strategy strategy) {
  const auto& all = advice.recommendations;
  const auto found = std::find_if(
      all.begin(), all.end(), [&](const Proof& each) { return each.result.strategy == strategy; });
  return found == all.end() ? nullptr : &*found;
}

const Change* change_of(const Proof& proof, Change::Setting setting) {
  for (const auto& each : proof.changes)
    if (each.setting == setting) return &each;
  return nullptr;
}

using Setting = Change::Setting;

}  // namespace

TEST_CASE("round_up: two significant digits, never less") {
  CHECK(round_up(12.2) == 13 * k_second);
  CHECK(round_up(12) == 12 * k_second);
  CHECK(round_up(0.6) == 600 * k_millisecond);
  CHECK(round_up(0.0431) == 44 * k_millisecond);
  CHECK(round_up(0.0001) == k_millisecond);
  CHECK(round_up(123) == 130 * k_second);
}

TEST_CASE("outlook: keys that expire together are spread by N*D/x, x leaving three deviations") {
  // 2,000 keys, D = 0.2 s, c = 50: x = 32.8, J = 12.2 s.
  const auto seen = outlook(preset("mass-expiry"));
  REQUIRE(seen.jitter);
  CHECK(*seen.jitter == 13 * k_second);
  // Each key is asked for once a second: without a guard 1.2 loads for each of them.
  CHECK(*seen.herd_jitter == 15 * k_second);
  CHECK(seen.keys_together == doctest::Approx(2000 * (1 - 0.81873)).epsilon(0.001));
}

TEST_CASE("outlook: keys do not expire together alone, cold, or with jitter already") {
  CHECK_FALSE(outlook(preset("one-hot-key")).jitter);
  CHECK_FALSE(outlook(preset("cold-start")).jitter);
  auto spread = preset("mass-expiry");
  spread.jitter_all = true;
  CHECK_FALSE(outlook(spread).jitter);
  CHECK(outlook(spread).keys_together == 0);
}

TEST_CASE("outlook: of expiries that are known, the most crowded second counts") {
  auto scenario = preset("mass-expiry");
  scenario.keys = 300;
  scenario.rate = 1e6;  // each is asked for at once
  scenario.db_slots = 20;
  std::vector<Nanos> expiries;
  for (int key = 0; key < 300; ++key) {
    // 100 within half a second, the rest one every 10 s; some were never there, some never expire.
    if (key < 100)
      expiries.push_back(40 * k_second + key * 5 * k_millisecond);
    else if (key < 115)
      expiries.push_back((key - 100) * 10 * k_second);
    else
      expiries.push_back(key % 2 == 0 ? 0 : scenario.duration + k_second);
  }
  scenario.first_expiries = std::make_shared<const std::vector<Nanos>>(std::move(expiries));
  const auto seen = outlook(scenario);
  CHECK(seen.keys_together == doctest::Approx(101).epsilon(0.001));
  REQUIRE(seen.jitter);
  CHECK(*seen.jitter == round_up(101 * 0.2 / 10.349));
}

TEST_CASE("outlook: what a trace knows better counts") {
  Scenario scenario;
  scenario.keys = 4;
  Observed observed;
  observed.shares = {0.1, 0.2, 0.6, 0.1};
  observed.longest_load = 2;
  const auto seen = outlook(scenario, observed);
  CHECK(seen.key_rate == doctest::Approx(300));
  CHECK(seen.lock_ttl == 4 * k_second);
}

TEST_CASE("outlook: a lock outlives twice the longest load, and a slow database counts") {
  CHECK(outlook(preset("slow-load")).lock_ttl == 6 * k_second);
  CHECK(outlook(preset("slowdown")).lock_ttl == 2 * k_second);
  // 1 of 1,000 exponential loads takes ln(1000) times the mean.
  Scenario random;
  random.load_time = {LoadTime::Kind::exponential, k_second, 0, 0};
  CHECK(outlook(random).longest_seconds == doctest::Approx(6.9078));
  CHECK(outlook(random).lock_ttl == 14 * k_second);
}

TEST_CASE("outlook: above the floor no strategy helps, and the TTL that does is named") {
  Scenario scenario;
  scenario.keys = 20'000;
  scenario.zipf = 0;
  scenario.rate = 5000;
  scenario.ttl = 10 * k_second;
  const auto seen = outlook(scenario);
  // 20,000 * 0.1 / (10 + 0.1 + 4)
  CHECK(seen.floor_loads == doctest::Approx(141.84).epsilon(0.001));
  REQUIRE(seen.least_ttl);
  CHECK(*seen.least_ttl == 200 * k_second);
  scenario.ttl = *seen.least_ttl;
  CHECK_FALSE(outlook(scenario).least_ttl);
}

TEST_CASE("outlook: one expiry grows exponentially with a database that shares its slots") {
  Scenario scenario;  // L*D = 50, c = 10
  CHECK(outlook(scenario).expiry_loads == doctest::Approx(603).epsilon(0.001));
  scenario.db = DatabaseModel::fifo;
  CHECK(outlook(scenario).expiry_loads == doctest::Approx(51));
}

TEST_CASE("advise: what is least to do comes first") {
  auto job = job_of(preset("one-hot-key"));
  // Typed the other way round.
  job.strategies = {Strategy::swr_lock, Strategy::lock_retry, Strategy::mutex};
  const auto advice = advise(job);
  REQUIRE(advice.recommendations.size() == 3);
  CHECK(advice.recommendations[0].result.strategy == Strategy::mutex);
  CHECK(advice.recommendations[1].result.strategy == Strategy::lock_retry);
  CHECK(advice.recommendations[2].result.strategy == Strategy::swr_lock);
  REQUIRE(advice.safest() != nullptr);
  CHECK(advice.safest()->result.strategy == Strategy::swr_lock);
}

TEST_CASE("advise: one hot key needs no server, and best of all a lock around one refresh") {
  const auto advice = advise(job_of(preset("one-hot-key")));
  REQUIRE(advice.feasible());
  CHECK_FALSE(advice.today.keeps_within_slots);
  CHECK(advice.recommendations.front().result.strategy == Strategy::mutex);
  CHECK(advice.recommendations.front().changes.empty());
  REQUIRE(advice.safest() != nullptr);
  CHECK(advice.safest()->result.peak_range.high == 1);
  CHECK(recommended(advice, Strategy::lock_once) == nullptr);
  CHECK(recommended(advice, Strategy::none) == nullptr);
  for (const auto& each : advice.recommendations) {
    CAPTURE(to_string(each.result.strategy));
    CHECK(each.result.keeps_within_slots);
    CHECK(change_of(each, Setting::jitter) == nullptr);
  }
  CHECK(advice.recommendations.size() + advice.refusals.size() == all_strategies().size() - 1);
}

TEST_CASE("advise: a slow load gets a lock of twice its length") {
  auto job = job_of(preset("slow-load"));
  job.strategies = {Strategy::swr_lock, Strategy::redlock};
  job.scenario.db = DatabaseModel::fifo;
  const auto advice = advise(job);
  const auto* lock = recommended(advice, Strategy::swr_lock);
  REQUIRE(lock != nullptr);
  REQUIRE(change_of(*lock, Setting::lock_ttl) != nullptr);
  CHECK(change_of(*lock, Setting::lock_ttl)->span == 6 * k_second);
  CHECK(lock->result.peak_range.high == 1);
  CHECK(recommended(advice, Strategy::redlock) == nullptr);
}

TEST_CASE("advise: a lock that is long enough stays as it is") {
  auto job = job_of(preset("one-hot-key"));
  job.strategies = {Strategy::swr_lock};
  job.scenario.lock_ttl = 20 * k_second;
  const auto advice = advise(job);
  REQUIRE(advice.feasible());
  CHECK(advice.recommendations.front().changes.empty());
}

TEST_CASE("advise: keys that expire together need jitter, under every strategy") {
  auto job = job_of(preset("mass-expiry"));
  job.strategies = {Strategy::jitter, Strategy::swr_lock, Strategy::lock_retry};
  job.scenario.db = DatabaseModel::fifo;
  const auto advice = advise(job);
  REQUIRE(advice.feasible());
  CHECK(advice.recommendations.front().result.strategy == Strategy::jitter);
  for (const auto& each : advice.recommendations) {
    CAPTURE(to_string(each.result.strategy));
    const auto* jitter = change_of(each, Setting::jitter);
    REQUIRE(jitter != nullptr);
    CHECK(jitter->span >= 13 * k_second);
    CHECK(jitter->span <= 60 * k_second);
    CHECK(each.result.peak_range.high <= 50);
  }
}

TEST_CASE("advise: whole seconds are given up where they matter") {
  auto job = job_of(preset("whole-seconds"));
  job.strategies = {Strategy::xfetch_lock, Strategy::lock_retry};
  const auto advice = advise(job);
  const auto* early = recommended(advice, Strategy::xfetch_lock);
  REQUIRE(early != nullptr);
  CHECK(change_of(*early, Setting::milliseconds) != nullptr);
  const auto* lock = recommended(advice, Strategy::lock_retry);
  REQUIRE(lock != nullptr);
  CHECK(change_of(*lock, Setting::milliseconds) == nullptr);
}

TEST_CASE("advise: nothing is to be changed when nothing happens") {
  auto job = job_of(preset("one-hot-key"));
  job.scenario.rate = 1;
  job.strategies = {Strategy::none, Strategy::mutex};
  const auto advice = advise(job);
  REQUIRE(advice.feasible());
  CHECK(advice.recommendations.front().result.strategy == Strategy::none);
  CHECK(advice.recommendations.front().changes.empty());
}

TEST_CASE("advise: an empty cache that must load all is to be filled before") {
  auto job = job_of(preset("cold-start"));
  job.scenario.duration = 20 * k_second;
  job.keep_duration = true;
  job.scenario.db = DatabaseModel::fifo;
  job.strategies = {Strategy::swr_lock};
  const auto advice = advise(job);
  CHECK_FALSE(advice.feasible());
  REQUIRE_FALSE(advice.remedies.empty());
  CHECK(advice.remedies.front().changes.front().setting == Setting::warm);
  const auto* slots = change_of(advice.remedies.back(), Setting::slots);
  REQUIRE(slots != nullptr);
  CHECK(slots->slots > 50);
}

TEST_CASE("advise: below the floor a longer TTL is proved, not only computed") {
  Scenario scenario;
  scenario.keys = 400;
  scenario.zipf = 0;
  scenario.rate = 400;
  scenario.ttl = k_second;
  scenario.duration = 20 * k_second;
  auto job = job_of(scenario);
  job.strategies = {Strategy::lock_retry, Strategy::swr_lock};
  job.scenario.db = DatabaseModel::fifo;
  const auto advice = advise(job);
  CHECK_FALSE(advice.feasible());
  REQUIRE(advice.outlook.least_ttl);
  REQUIRE_FALSE(advice.remedies.empty());
  const auto& remedy = advice.remedies.front();
  REQUIRE(change_of(remedy, Setting::ttl) != nullptr);
  CHECK(change_of(remedy, Setting::ttl)->span >= *advice.outlook.least_ttl);
  CHECK(remedy.result.keeps_within_slots);
}

TEST_CASE("advise: a long TTL is simulated in little time, and says so") {
  Scenario scenario;
  scenario.ttl = 24 * 3600 * k_second;
  auto job = job_of(scenario);
  job.strategies = {Strategy::swr_lock, Strategy::mutex};
  const auto advice = advise(job);
  REQUIRE(advice.feasible());
  CHECK(advice.proof_ttl < scenario.ttl);
  CHECK(advice.proof_duration > advice.proof_ttl);
  CHECK(advice.today.peak_loads > 100);  // it did expire
  CHECK(seconds(advice.proof_duration) * scenario.rate <= 4e6);
}

TEST_CASE("advise: the number of threads changes nothing") {
  auto job = job_of(preset("short-lock"));
  job.threads = 1;
  const auto once = advise(job);
  job.threads = 5;
  const auto again = advise(job);
  REQUIRE(once.recommendations.size() == again.recommendations.size());
  for (std::size_t index = 0; index < once.recommendations.size(); ++index) {
    const auto& a = once.recommendations[index].result;
    const auto& b = again.recommendations[index].result;
    CHECK(a.strategy == b.strategy);
    CHECK(a.peak_range.high == b.peak_range.high);
    CHECK(a.latency.p999 == b.latency.p999);
  }
}

}  // namespace rcache::stampede
