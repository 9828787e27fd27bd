#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "stampede/change.h"
#include "stampede/outlook.h"
#include "stampede/report.h"
#include "stampede/scenario.h"
#include "stampede/simulate.h"
#include "stampede/strategy.h"

namespace rcache::stampede {

/// A strategy with what must be set for it, and what the simulation made of it.
struct Proof {
  std::vector<Change> changes;
  StrategyReport result;
};

/// A strategy that is not recommended.
struct Refusal {
  StrategyReport result;  ///< at its best
  /// Why not, although it stays within the slots; empty: it does not.
  std::optional<Objection> objection;
};

struct Advice {
  Scenario scenario;
  Outlook outlook;
  std::uint32_t runs = 1;
  /// The TTL that was simulated: less than the scenario's when nothing happens for too long.
  Nanos proof_ttl = 0;
  Nanos proof_duration = 0;
  StrategyReport today;                ///< `none`, nothing changed
  std::vector<Proof> recommendations;  ///< smallest change first
  std::vector<Refusal> refusals;
  /// When nothing can be recommended: what would have to change besides.
  std::vector<Proof> remedies;
  std::optional<Recorded> recorded = {};  ///< the trace that it is about

  bool feasible() const { return !recommendations.empty(); }
  /// The recommendation that stands most trouble: the best guarded one. Null when there is none.
  const Proof* safest() const;
};

struct AdviceJob {
  Scenario scenario;  ///< one that check() accepts
  std::vector<Strategy> strategies;
  std::uint32_t runs = 5;
  unsigned threads = 1;
  const std::atomic<bool>* stop = nullptr;
  /// The scenario's duration is what was asked for; otherwise it becomes long enough.
  bool keep_duration = false;
  Observed observed = {};
  Nanos least_jitter = 0;  ///< above 0: the keys expire with those of others, and need so much
  bool own_ttls = false;   ///< arrivals bring their TTLs: another one cannot be tried
};

/// How arrivals are made for a scenario: generated_arrivals, or a trace.
using SourceOf = std::function<ArrivalSource(const Scenario&)>;

/// The smallest changes that keep the database within its slots: closed forms first, then the
/// simulation as the proof, with several seeds and the same requests for all.
///
/// Cost:    up to eight comparisons of all strategies, of about 4 million requests each and run.
Advice advise(const AdviceJob& job, const SourceOf& source = generated_arrivals);

}  // namespace rcache::stampede
