#include "stampede/simulate.h"

#include <algorithm>
#include <mutex>
#include <thread>

#include "stampede/generator.h"
#include "stampede/run.h"
#include "stampede/strategies/cache_aside.h"
#include "stampede/strategies/lease.h"
#include "stampede/strategies/mutex.h"
#include "stampede/strategies/redis_lock.h"
#include "stampede/strategies/redlock.h"
#include "stampede/strategies/swr.h"
#include "stampede/strategies/xfetch.h"

namespace rcache::stampede {
namespace {

World::Cache cache_of(Strategy strategy) {
  switch (strategy) {
    case Strategy::jitter:
      return World::Cache::with_jitter;
    case Strategy::swr:
    case Strategy::swr_singleflight:
    case Strategy::swr_lock:
      return World::Cache::beyond_expiry;
    default:
      return World::Cache::plain;
  }
}

void widen(Range& range, double value) {
  range = {std::min(range.low, value), std::max(range.high, value)};
}

/// The figures of the first seed, with the ranges of all.
StrategyReport together(std::vector<StrategyReport> runs) {
  StrategyReport out = std::move(runs.front());
  const auto point = [](double value) { return Range{value, value}; };
  out.peak_range = point(out.peak_loads);
  out.loads_range = point(static_cast<double>(out.loads));
  out.p999_range = point(out.latency.p999);
  for (std::size_t run = 1; run < runs.size(); ++run) {
    const auto& each = runs[run];
    widen(out.peak_range, each.peak_loads);
    widen(out.loads_range, static_cast<double>(each.loads));
    widen(out.p999_range, each.latency.p999);
    out.keeps_within_slots = out.keeps_within_slots && each.keeps_within_slots;
    if (!out.unstable_at_seconds) out.unstable_at_seconds = each.unstable_at_seconds;
  }
  return out;
}

}  // namespace

ArrivalSource generated_arrivals(const Scenario& scenario) {
  if (scenario.clients > 0) return [](std::uint64_t) { return std::make_unique<NoArrivals>(); };
  const auto popularity = std::make_shared<const Zipf>(scenario.keys, scenario.zipf);
  return [scenario, popularity](std::uint64_t seed) {
    return std::make_unique<Generator>(scenario, seed, popularity);
  };
}

StrategyReport simulate_one(const Scenario& scenario, Strategy strategy, Arrivals& arrivals,
                            const std::atomic<bool>* stop) {
  World world(scenario, cache_of(strategy));
  const auto with = [&](auto guard) { return run(world, std::move(guard), arrivals, stop); };
  StrategyReport report = [&] {
    switch (strategy) {
      case Strategy::mutex:
        return with(Mutex());
      case Strategy::lock_retry:
        return with(LockRetry(world));
      case Strategy::lock_once:
        return with(LockOnce(world));
      case Strategy::redlock:
        return with(Redlock(world, Redlock::GiveUp::load));
      case Strategy::redlock_recheck:
        return with(Redlock(world, Redlock::GiveUp::look_again));
      case Strategy::xfetch_nodelta:
        return with(XFetch(world, EarlyCoin::Scale::a_second));
      case Strategy::xfetch:
        return with(XFetch(world, EarlyCoin::Scale::delta));
      case Strategy::xfetch_lock:
        return with(XFetchLock(world));
      case Strategy::swr:
        return with(Swr());
      case Strategy::swr_singleflight:
        return with(SwrSingleFlight());
      case Strategy::swr_lock:
        return with(SwrLock(world));
      case Strategy::lease:
        return with(Lease(world));
      default:
        return with(CacheAside());
    }
  }();
  report.strategy = strategy;
  return report;
}

Report simulate(const Job& job, const ArrivalSource& arrivals) {
  const auto strategies = job.strategies.size();
  std::vector<std::vector<StrategyReport>> all(strategies, std::vector<StrategyReport>(job.runs));
  std::atomic<std::size_t> next{0};
  std::mutex failure_mutex;
  std::exception_ptr failure;
  const auto work = [&] {
    try {
      for (auto task = next++; task < strategies * job.runs; task = next++) {
        const auto strategy = task % strategies;
        const auto run = task / strategies;
        Scenario scenario = job.scenario;
        scenario.seed += run;
        const auto stream = arrivals(scenario.seed);
        all[strategy][run] = simulate_one(scenario, job.strategies[strategy], *stream, job.stop);
      }
    } catch (...) {
      const std::lock_guard hold(failure_mutex);
      failure = std::current_exception();
      next = strategies * job.runs;
    }
  };
  {
    std::vector<std::jthread> helpers;
    for (unsigned thread = 1; thread < job.threads; ++thread) helpers.emplace_back(work);
    work();
  }
  if (failure) std::rethrow_exception(failure);
  Report report;
  report.scenario = job.scenario;
  report.runs = job.runs;
  report.simulated_seconds = seconds(job.scenario.duration);
  for (auto& runs : all) report.strategies.push_back(together(std::move(runs)));
  rank(report);
  return report;
}

}  // namespace rcache::stampede
