#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "stampede/recording.h"
#include "stampede/scenario.h"
#include "stampede/strategy.h"

namespace rcache::stampede {

/// Points of a distribution, in seconds.
struct Spread {
  double p50 = 0;
  double p95 = 0;
  double p99 = 0;
  double p999 = 0;
  double max = 0;
};

/// One point of a distribution function: `ratio` of all values are at most `seconds`.
struct CurvePoint {
  double ratio = 0;
  double seconds = 0;
};

/// How many episodes had this many loads; sizes from 1,024 on are rounded by at most 0.1 %.
struct SizeCount {
  std::uint64_t size = 0;
  std::uint64_t episodes = 0;
};

/// The most loads that were under way at once, per span of time.
struct LoadSeries {
  double bin_seconds = 0;
  std::vector<std::uint32_t> peaks;  ///< from time 0 on; ends with the run
};

/// The smallest and the largest value over the seeds of --runs.
struct Range {
  double low = 0;
  double high = 0;
};

/// What the simulator expects of a strategy that was measured live, over several seeds.
struct Expectation {
  Range peak;
  Range loads;
  Range p999;
};

/// The first wave of loads of an empty cache, until none is under way: one stampede that owns every
/// maximum, whatever the strategy does afterwards.
struct ColdStart {
  double seconds = 0;  ///< until when; the whole run when it never ends
  std::uint64_t loads = 0;
  std::uint32_t peak_loads = 0;
  std::uint32_t later_peak_loads = 0;  ///< after it
};

/// What one strategy came to. Counts are of the whole run.
struct StrategyReport {
  Strategy strategy = Strategy::none;

  std::uint64_t requests = 0;
  std::uint64_t hits = 0;    ///< by the first look into the cache; a volunteer of XFetch is one
  std::uint64_t stale = 0;   ///< answered with a value past its TTL
  std::uint64_t misses = 0;  ///< requests = hits + stale + misses
  std::uint64_t errors = 0;  ///< answered with an error
  std::optional<std::uint64_t> waited;  ///< not answered by the first look; not known live
  std::uint64_t unfinished = 0;         ///< under way at the end; they count as latencies so far

  std::uint64_t loads = 0;         ///< started
  std::uint64_t failed_loads = 0;  ///< timed out, refused or died with their process
  std::uint64_t wasted_loads = 0;  ///< beyond one for each episode
  std::uint64_t background_loads = 0;
  std::uint32_t peak_loads = 0;  ///< under way at once, waiting ones too
  std::uint32_t peak_queue = 0;  ///< of those, beyond the slots; 0 with an unlimited database
  double peak_at_seconds = 0;    ///< when the peak was reached first
  double seconds_above_slots = 0;
  double longest_above_seconds = 0;  ///< the longest such stretch

  std::optional<ColdStart> cold_start;  ///< of an empty cache only

  std::uint64_t episodes = 0;
  double mean_size = 0;
  std::uint64_t p99_size = 0;
  std::uint64_t max_size = 0;
  std::vector<SizeCount> sizes;
  std::optional<double> mean_gap_seconds;  ///< XFetch: from the first refresh to the expiry

  Spread latency;
  std::vector<CurvePoint> latency_curve;
  std::optional<Spread> stale_age;  ///< since the TTL ended; empty when nothing stale was answered
  std::optional<double> mean_stale_age_seconds;
  std::vector<CurvePoint> stale_age_curve;
  Spread db_wait;  ///< what the database took beyond the load time
  double mean_db_wait_seconds = 0;

  std::uint64_t lock_tries = 0;
  std::uint64_t lock_failures = 0;
  std::uint64_t give_ups = 0;          ///< redlock: no lock after all attempts
  std::uint64_t foreign_releases = 0;  ///< lock-retry: deleted a lock that was another's by then
  std::uint64_t redis_operations = 0;
  std::uint32_t peak_waiting = 0;  ///< requests under way at once

  /// When more requests were under way than the scenario allows, and the run was stopped.
  std::optional<double> unstable_at_seconds;
  bool keeps_within_slots = true;  ///< in every run

  LoadSeries series;

  // Over all seeds; of one run low and high are equal.
  Range peak_range;
  Range loads_range;
  Range p999_range;

  std::optional<Expectation> expected;  ///< live only
};

/// What one strategy came to with one value of a parameter that was swept.
struct SweepResult {
  Strategy strategy = Strategy::none;
  Range peak;
  Range loads;
  Range p999;
  std::uint64_t errors = 0;
  bool unstable = false;
  bool keeps_within_slots = true;
};

struct SweepPoint {
  double value = 0;  ///< in base units
  std::string words;
  std::uint32_t db_slots = 0;
  std::vector<SweepResult> results;  ///< best first
};

enum class SweepUnit { seconds, number };

/// The strategies under one parameter's values.
struct Sweep {
  std::string parameter;  ///< as its flag is called: "load-time"
  SweepUnit unit = SweepUnit::number;
  std::vector<SweepPoint> points;
};

/// What only a live run has to say.
struct LiveFacts {
  std::string server;  ///< "redis 7.0.15 at 127.0.0.1:6379"; fit to print
  std::uint32_t connections = 0;
  double late_seconds = 0;  ///< 99 of 100 waits ended at most so much too late on this machine
  bool complete = true;     ///< false: it was cut short, and strategies are missing
};

/// A comparison of strategies under one scenario.
struct Report {
  enum class Mode { simulate, replay, live };
  Mode mode = Mode::simulate;
  Scenario scenario;
  std::uint32_t runs = 1;
  std::vector<StrategyReport> strategies;  ///< best first
  double simulated_seconds = 0;            ///< how long the scenario or the trace is
  std::optional<Recorded> recorded;        ///< of a replay

  std::optional<LiveFacts> live;
  std::optional<Sweep> sweep;  ///< of --sweep

  // With --timing only.
  std::optional<double> elapsed_seconds;
  std::optional<double> simulated_requests_per_second;
};

/// True when the first is better: stays within the slots, then no errors (then by their order of
/// magnitude), then p99.9 of the latency, then stale age, then loads; in the end the later one of
/// all_strategies().
bool better(const StrategyReport& a, const StrategyReport& b);

/// Sorts best first.
void rank(Report& report);

}  // namespace rcache::stampede
