#include "stampede/simulate.h"

#include <doctest/doctest.h>

#include <map>
#include <set>
#include <stdexcept>
#include <string>

#include "stampede/presets.h"

namespace rcache::stampede {
namespace {

Job job_of(Scenario scenario) {
  Job job;
  job.scenario = std::move(scenario);
  job.strategies.assign(all_strategies().begin(), all_strategies().end());
  return job;
}

Report run_job(const Job& job) {
  return simulate(job, generated_arrivals(job.scenario));
}

/// Each preset is run once for all tests.
const Report& run_preset(std::string_view name) {
  static std::map<std::string_view, Report> known;
  auto found = known.find(name);
  if (found == known.end()) {
    auto job = job_of(preset_named(name)->scenario);
    job.threads = 2;
    found = known.emplace(name, run_job(job)).first;
  }
  return found->second;
}

const StrategyReport& row(const Report& report, Strategy strategy) {
  for (const auto& each : report.strategies) {
    if (each.strategy == strategy) return each;
  }
  throw std::logic_error("not simulated");
}

/// What must be equal for two runs to be called equal.
std::string fingerprint(const Report& report) {
  std::string out;
  for (const auto& each : report.strategies) {
    out += std::string(to_string(each.strategy)) + ' ';
    for (const auto number :
         {each.requests, each.hits, each.stale, each.misses, each.errors, each.loads,
          each.wasted_loads, each.redis_operations, each.lock_tries})
      out += std::to_string(number) + ' ';
    for (const double number : {each.latency.p999, each.latency.max, each.seconds_above_slots,
                                each.mean_size, each.peak_range.low, each.peak_range.high})
      out += std::to_string(number) + ' ';
    for (const auto peak : each.series.peaks) out += std::to_string(peak) + ',';
    out += '\n';
  }
  return out;
}

/// Arrivals that a test lists.
class Listed : public Arrivals {
 public:
  explicit Listed(std::vector<Arrival> all) : all_(std::move(all)) {}
  std::size_t fill(std::span<Arrival> block) override {
    std::size_t count = 0;
    while (count < block.size() && at_ < all_.size()) block[count++] = all_[at_++];
    return count;
  }

 private:
  std::vector<Arrival> all_;
  std::size_t at_ = 0;
};

Arrival get_at(Nanos at) {
  Arrival arrival;
  arrival.at = at;
  return arrival;
}

}  // namespace

TEST_CASE("simulate: the same job gives the same figures, with any number of threads") {
  auto job = job_of(preset_named("one-hot-key")->scenario);
  job.scenario.load_time.kind = LoadTime::Kind::lognormal;
  job.scenario.load_time.sigma = 0.7;
  job.scenario.keys = 50;
  job.scenario.crash = 0.05;
  job.scenario.duration = 100 * k_second;
  job.runs = 3;
  const auto once = fingerprint(run_job(job));
  CHECK(fingerprint(run_job(job)) == once);
  for (const unsigned threads : {2U, 64U}) {
    job.threads = threads;
    CHECK(fingerprint(run_job(job)) == once);
  }
  job.scenario.seed = 2;
  CHECK(fingerprint(run_job(job)) != once);
}

TEST_CASE("simulate: strategies meet the same requests, whoever else is simulated") {
  auto job = job_of(preset_named("one-hot-key")->scenario);
  const auto all = run_job(job);
  std::set<std::uint64_t> requests;
  for (const auto& each : all.strategies) requests.insert(each.requests);
  CHECK(requests.size() == 1);
  job.strategies = {Strategy::xfetch};
  const auto alone = run_job(job);
  CHECK(alone.strategies[0].loads == row(all, Strategy::xfetch).loads);
  CHECK(alone.strategies[0].series.peaks == row(all, Strategy::xfetch).series.peaks);
}

TEST_CASE("simulate: every request and every load is accounted for, in every preset") {
  for (const auto& preset : presets()) {
    const auto& report = run_preset(preset.name);
    for (const auto& each : report.strategies) {
      CAPTURE(std::string(preset.name));
      CAPTURE(std::string(to_string(each.strategy)));
      CHECK(each.requests == each.hits + each.stale + each.misses);
      std::uint64_t in_episodes = 0;
      for (const auto& size : each.sizes) in_episodes += size.size * size.episodes;
      CHECK(each.wasted_loads == each.loads - each.episodes);
      CHECK(in_episodes <= each.loads + each.loads / 1000);
      CHECK(each.failed_loads <= each.loads);
      CHECK(each.redis_operations >= each.requests);
      CHECK(each.peak_loads <= each.loads);
      CHECK(each.latency.max >= each.latency.p999);
      CHECK(each.keeps_within_slots ==
            (each.peak_loads <= preset.scenario.db_slots && !each.unstable_at_seconds));
      std::uint32_t highest = 0;
      for (const auto peak : each.series.peaks) highest = std::max(highest, peak);
      CHECK(highest == each.peak_loads);
    }
  }
}

TEST_CASE("simulate: each step of a miss takes its part of the round trip") {
  Scenario scenario;
  scenario.rtt = 2 * k_millisecond;
  scenario.load_time.span = 50 * k_millisecond;
  scenario.warm = false;
  scenario.duration = 10 * k_second;
  Listed arrivals({get_at(0), get_at(2 * k_second), get_at(2 * k_second)});
  const auto report = simulate_one(scenario, Strategy::none, arrivals);
  CHECK(report.requests == 3);
  CHECK(report.loads == 1);
  CHECK(report.latency.max == doctest::Approx(0.054));  // GET, load, SET
  CHECK(report.latency.p50 == doctest::Approx(0.002));
  CHECK(report.redis_operations == 4);
}

TEST_CASE("simulate: an arrival may bring its own TTL and load time, or delete the key") {
  Scenario scenario;
  scenario.rtt = 0;
  scenario.warm = false;
  scenario.duration = 100 * k_second;
  auto first = get_at(0);
  first.ttl_ms = 1000;
  first.load_us = 250'000;
  auto gone = get_at(20 * k_second);
  gone.kind = Arrival::Kind::invalidate;
  Listed arrivals({first, get_at(k_second), get_at(2 * k_second), gone, get_at(21 * k_second)});
  const auto report = simulate_one(scenario, Strategy::none, arrivals);
  CHECK(report.requests == 4);
  CHECK(report.hits == 1);
  CHECK(report.loads == 3);
  CHECK(report.latency.max == doctest::Approx(0.25));
}

TEST_CASE("simulate: a lease refuses a value whose key was deleted meanwhile") {
  Scenario scenario;
  scenario.rtt = 0;
  scenario.warm = false;
  scenario.load_time.span = k_second;
  scenario.duration = 100 * k_second;
  auto gone = get_at(k_second / 2);
  gone.kind = Arrival::Kind::invalidate;
  Listed arrivals({get_at(0), gone, get_at(5 * k_second)});
  const auto report = simulate_one(scenario, Strategy::lease, arrivals);
  CHECK(report.loads == 2);
  CHECK(report.errors == 0);
}

TEST_CASE("simulate: lock-retry may delete a lock that is another's by then") {
  Scenario scenario;
  scenario.rtt = 100 * k_millisecond;
  scenario.warm = false;
  scenario.ttl = 80 * k_millisecond;  // a miss just before
  scenario.load_time.span = 500 * k_millisecond;
  scenario.lock_ttl = 790 * k_millisecond;  // ends between the holder's GET and its DEL
  scenario.poll = k_millisecond;
  scenario.rate = 200;
  scenario.duration = 60 * k_second;
  const auto arrivals = generated_arrivals(scenario)(1);
  CHECK(simulate_one(scenario, Strategy::lock_retry, *arrivals).foreign_releases > 0);
}

TEST_CASE("simulate: a stop ends it soon") {
  auto job = job_of(preset_named("one-hot-key")->scenario);
  job.scenario.rate = 1e6;
  job.scenario.duration = 300LL * 86'400 * k_second;
  std::atomic<bool> stop{true};
  job.stop = &stop;
  CHECK(run_job(job).strategies.size() == all_strategies().size());
}

TEST_CASE("simulate: a scenario that makes no sense is refused by the name of its flag") {
  struct Case {
    std::string wanted;
    void (*spoil)(Scenario&);
  };
  const Case cases[] = {
      {"--rate", [](Scenario& s) { s.rate = 0; }},
      {"--keys", [](Scenario& s) { s.keys = 0; }},
      {"--ttl", [](Scenario& s) { s.ttl = 0; }},
      {"--db-slots", [](Scenario& s) { s.db_slots = 0; }},
      {"--load-time", [](Scenario& s) { s.load_time.span = 0; }},
      {"--processes", [](Scenario& s) { s.processes = 0; }},
      {"--beta", [](Scenario& s) { s.beta = 0; }},
      {"--poll", [](Scenario& s) { s.poll = 0; }},
      {"--lock-ttl", [](Scenario& s) { s.lock_ttl = 0; }},
      {"--duration", [](Scenario& s) { s.duration = 0; }},
      {"--think", [](Scenario& s) { s.clients = 5, s.think = 0; }},
      {"--max-in-flight", [](Scenario& s) { s.max_in_flight = 0; }},
  };
  for (const auto& c : cases) {
    Scenario scenario;
    c.spoil(scenario);
    const auto checked = check(scenario);
    CAPTURE(c.wanted);
    REQUIRE_FALSE(checked);
    CHECK(checked.error().message.starts_with(c.wanted + ": "));
  }
  CHECK(check(Scenario{}));
}

TEST_CASE("presets: each shows its failure, and what withstands it") {
  using enum Strategy;
  struct Case {
    std::string name;
    std::vector<Strategy> over, within;
  };
  const Case cases[] = {
      {"one-hot-key", {none, swr, lock_once}, {xfetch_lock, swr_lock, mutex, lease}},
      {"slow-load", {lock_once, redlock, xfetch_nodelta}, {xfetch_lock, swr_lock, lock_retry}},
      {"slowdown", {xfetch}, {xfetch_lock, swr_lock}},
      {"slow-under-load", {none, swr}, {swr_lock, xfetch_lock}},
      {"short-lock", {lock_retry, swr_lock}, {}},
      {"cold-start", {none, swr_lock, xfetch_lock, lease}, {}},
      {"mass-expiry", {none, swr_lock, xfetch_lock, lease, xfetch}, {jitter}},
      {"runaway", {xfetch}, {xfetch_lock, swr_lock}},
      {"whole-seconds", {xfetch}, {xfetch_lock}},
      {"invalidation", {none, xfetch, swr}, {swr_lock, lease, mutex}},
  };
  for (const auto& c : cases) {
    CAPTURE(c.name);
    const auto& report = run_preset(c.name);
    for (const auto strategy : c.over) {
      CAPTURE(std::string(to_string(strategy)));
      CHECK_FALSE(row(report, strategy).keeps_within_slots);
    }
    for (const auto strategy : c.within) {
      CAPTURE(std::string(to_string(strategy)));
      CHECK(row(report, strategy).keeps_within_slots);
    }
  }
}

TEST_CASE("presets: crash leaves everybody waiting for the dead holder's lock") {
  const auto& report = run_preset("crash");
  const auto& retry = row(report, Strategy::lock_retry);
  CHECK(retry.failed_loads > 0);
  CHECK(retry.latency.max >= 29);
  CHECK(row(report, Strategy::lock_once).latency.max < 1);
}

TEST_CASE("presets: slow-under-load never recovers, runaway is stopped, db-down serves stale") {
  const auto& slow = run_preset("slow-under-load");
  CHECK(row(slow, Strategy::none).errors > row(slow, Strategy::none).requests / 2);
  CHECK(row(run_preset("runaway"), Strategy::xfetch).unstable_at_seconds);
  const auto& down = run_preset("db-down");
  const auto& swr = row(down, Strategy::swr_lock);
  REQUIRE(swr.stale_age);
  CHECK(swr.stale_age->max == doctest::Approx(60).epsilon(0.01));
  CHECK(swr.errors > 0);
  CHECK(swr.errors < row(down, Strategy::none).errors / 2);
}

TEST_CASE("ranking: within the slots, then errors, then latency") {
  StrategyReport good;
  StrategyReport over = good;
  over.keeps_within_slots = false;
  StrategyReport wrong = good;
  wrong.requests = 1000;
  wrong.errors = 1;
  StrategyReport slow = good;
  slow.latency.p999 = 1;
  StrategyReport runaway = over;
  runaway.unstable_at_seconds = 1;
  CHECK(better(good, slow));
  CHECK(better(slow, wrong));
  CHECK(better(wrong, over));
  CHECK(better(over, runaway));
  CHECK_FALSE(better(good, good));
}

}  // namespace rcache::stampede
