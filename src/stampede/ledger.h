#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "stampede/histogram.h"
#include "stampede/report.h"
#include "stampede/scenario.h"
#include "stampede/time.h"

namespace rcache::stampede {

/// The loads under way over time: peak, time above the slots, and the largest number in each span.
class LoadCurve {
 public:
  explicit LoadCurve(const Scenario& scenario) : scenario_(scenario) {}

  /// The number of loads is another from now on.
  void change(Nanos now, std::uint32_t loads);
  /// Closes what is open and writes the figures.
  void finish(Nanos end, StrategyReport& report);

 private:
  void hold_until(Nanos now);
  void mark(std::size_t bin);
  void watch_cold_start(Nanos now, std::uint32_t loads);

  const Scenario& scenario_;
  std::uint32_t loads_ = 0;
  std::uint32_t peak_ = 0;
  Nanos peak_at_ = 0;
  std::optional<Nanos> cold_end_;  ///< when the first wave of loads was over
  std::uint64_t cold_loads_ = 0;
  std::uint32_t cold_peak_ = 0;
  std::uint32_t later_peak_ = 0;
  Nanos above_since_ = k_never;
  Nanos above_ = 0;
  Nanos longest_above_ = 0;
  Nanos bin_width_ = k_millisecond;
  Nanos bin_end_ = k_millisecond;  ///< of the last one
  std::vector<std::uint32_t> bins_ = std::vector<std::uint32_t>(1);
};

/// The episodes of each key: from the first load that the cache needs to the first one that fills
/// it. What is loaded besides is waste.
class Episodes {
 public:
  explicit Episodes(std::uint32_t keys) : keys_(keys) {}

  /// A load of the key will start soon, see World::expect.
  void expect(std::uint32_t key) const { __builtin_prefetch(&keys_[key]); }
  enum class Need { needed, not_needed };
  /// Out:     true when it opens an episode.
  bool load_started(std::uint32_t key, Need need);
  void filled(std::uint32_t key) { close(keys_[key]); }
  void load_ended(std::uint32_t key);
  void finish(StrategyReport& report);

 private:
  struct Key {
    std::uint32_t running = 0;
    std::uint32_t size = 0;  ///< of the open episode; 0: none is open
  };
  void close(Key& key);

  std::vector<Key> keys_;
  std::uint64_t loads_ = 0;
  Histogram sizes_;
};

/// All that is counted of one run.
struct Ledger {
  explicit Ledger(const Scenario& scenario) : curve(scenario), episodes(scenario.keys) {}

  std::uint64_t hits = 0;
  std::uint64_t misses = 0;
  std::uint64_t errors = 0;
  std::uint64_t loads = 0;
  std::uint64_t failed_loads = 0;
  std::uint64_t background_loads = 0;
  std::uint64_t lock_tries = 0;
  std::uint64_t lock_failures = 0;
  std::uint64_t give_ups = 0;
  std::uint64_t foreign_releases = 0;
  std::uint64_t operations = 0;  ///< without the first GET of each request
  Histogram latency;             ///< of requests that were not answered inline
  Histogram stale_age;
  Histogram db_wait;
  double gap_sum = 0;
  std::uint64_t gaps = 0;
  LoadCurve curve;
  Episodes episodes;

  /// The figures of a run that ended at `end`. In: `rtt` is what an answer inline took.
  StrategyReport report(Nanos end, Nanos rtt);
};

}  // namespace rcache::stampede
