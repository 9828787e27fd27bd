// Simulated requests per second of processor time, on one core: each strategy with few misses and
// with many.

#include <fmt/format.h>

#include <ctime>

#include "bench_tables.h"
#include "stampede/simulate.h"

namespace rcache::bench {
namespace {

using namespace rcache::stampede;

double cpu_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

Scenario traffic(double rate, std::uint32_t keys, double zipf, Nanos ttl, Nanos duration) {
  Scenario scenario;
  scenario.rate = rate;
  scenario.keys = keys;
  scenario.zipf = zipf;
  scenario.ttl = ttl;
  scenario.duration = duration;
  scenario.load_time.span = 50 * k_millisecond;
  scenario.db = DatabaseModel::unlimited;
  return scenario;
}

struct Speed {
  double millions_per_second = 0;
  double hit_ratio = 0;
};

Speed measured(const Scenario& scenario, Strategy strategy, const ArrivalSource& source) {
  std::vector<double> speeds;
  Speed out;
  for (int round = 0; round < 3; ++round) {
    const auto arrivals = source(scenario.seed);
    const double begin = cpu_seconds();
    const auto report = simulate_one(scenario, strategy, *arrivals);
    const auto requests = static_cast<double>(report.requests);
    speeds.push_back(requests / (cpu_seconds() - begin) / 1e6);
    out.hit_ratio = static_cast<double>(report.hits) / requests;
  }
  out.millions_per_second = median(std::move(speeds));
  return out;
}

}  // namespace

void stampede_table() {
  // The first: 100,000 keys of a steep popularity, all in the cache's reach; the second: a million
  // keys of a flat one, whose values live for 5 s.
  const auto few = traffic(20'000, 100'000, 1, 300 * k_second, 600 * k_second);
  const auto many = traffic(100'000, 1'000'000, 0.6, 5 * k_second, 60 * k_second);
  const auto few_source = generated_arrivals(few);
  const auto many_source = generated_arrivals(many);
  fmt::print(
      "Simulated requests per second of processor time on one core, medians of 3: hit-heavy is "
      "zipf 1 over 100,000 keys, miss-heavy zipf 0.6 over 1,000,000\n\n");
  Table table({"strategy", "hit-heavy", "hits", "miss-heavy", "hits"});
  for (const auto strategy : all_strategies()) {
    progress(fmt::format("stampede: {}", to_string(strategy)));
    const auto fast = measured(few, strategy, few_source);
    const auto slow = measured(many, strategy, many_source);
    table.add({fmt::format("`{}`", to_string(strategy)),
               fmt::format("{:.1f} M/s", fast.millions_per_second),
               fmt::format("{:.1f} %", fast.hit_ratio * 100),
               fmt::format("{:.1f} M/s", slow.millions_per_second),
               fmt::format("{:.1f} %", slow.hit_ratio * 100)});
  }
  table.print();
}

}  // namespace rcache::bench
