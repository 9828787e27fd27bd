#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "stampede/arrivals.h"
#include "stampede/report.h"
#include "stampede/scenario.h"
#include "stampede/strategy.h"

namespace rcache::stampede {

/// Makes the stream that one run reads; every call with the same seed gives the same stream. Called
/// from several threads at once.
using ArrivalSource = std::function<std::unique_ptr<Arrivals>(std::uint64_t seed)>;

/// What is to be simulated.
struct Job {
  Scenario scenario;  ///< one that check() accepts
  std::vector<Strategy> strategies;
  std::uint32_t runs = 1;  ///< with the seeds `scenario.seed`, `scenario.seed + 1`, ...
  unsigned threads = 1;    ///< has no influence on the result
  /// Set from another thread: the simulation ends soon and its result means nothing.
  const std::atomic<bool>* stop = nullptr;
};

/// The stream that the scenario's rate, keys and zipf describe; empty for a closed loop, whose
/// requests come from its clients.
ArrivalSource generated_arrivals(const Scenario& scenario);

/// Every strategy under the same arrivals and load times, ranked.
///
/// Out:     the figures of the first seed; ranges, keeps_within_slots and unstable over all seeds.
/// Cost:    memory: 16 to 40 bytes per key and thread, 64 bytes per request in flight.
Report simulate(const Job& job, const ArrivalSource& arrivals);

/// One strategy, one run with `scenario.seed`.
StrategyReport simulate_one(const Scenario& scenario, Strategy strategy, Arrivals& arrivals,
                            const std::atomic<bool>* stop = nullptr);

}  // namespace rcache::stampede
