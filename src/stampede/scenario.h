#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/error.h"
#include "stampede/time.h"

namespace rcache::stampede {

/// How long the database takes for one load that has it to itself.
struct LoadTime {
  enum class Kind {
    constant,     ///< always `span`
    exponential,  ///< of mean `span`
    uniform,      ///< between `span` and `upper`
    lognormal     ///< of median `span`; `sigma` is that of the logarithm
  };
  Kind kind = Kind::constant;
  Nanos span = 100 * k_millisecond;
  Nanos upper = 0;
  double sigma = 0;

  bool operator==(const LoadTime&) const = default;
};

/// The mean of the distribution, in seconds.
double mean_seconds(const LoadTime& load_time);

/// What the database does with more loads than it has slots.
enum class DatabaseModel {
  fifo,      ///< they queue, and start in their order
  shared,    ///< all run, each at slots/loads of the speed (processor sharing)
  unlimited  ///< all run at full speed; the slots are only what peaks are compared with
};

/// Every parameter of a simulation. Spans are never negative; 0 switches off what can be off.
struct Scenario {
  std::string name;  ///< of the preset or the file; may be empty; bytes from outside

  // Who asks
  double rate = 500;          ///< requests per second over all keys, a Poisson stream
  std::uint32_t clients = 0;  ///< not 0: a closed loop of so many instead of `rate`
  Nanos think = k_second;     ///< mean (exponential) pause of a client between answer and request
  std::uint32_t keys = 1;
  double zipf = 1;  ///< popularity of key i is i to the power of minus this; 0: all alike

  // The cache
  Nanos ttl = 60 * k_second;
  std::optional<Nanos> jitter;  ///< added to the TTL at random; not given: a tenth of the TTL
  bool jitter_all = false;      ///< under every strategy, not under `jitter` alone
  bool whole_seconds = false;  ///< EX and TTL instead of PX and PTTL: jitter and XFetch see seconds
  Nanos stale = 30 * k_second;      ///< how long swr keeps a value beyond its TTL
  Nanos rtt = 500 * k_microsecond;  ///< round trip to Redis
  bool warm = true;  ///< every key was filled at time 0; otherwise the cache is empty
  /// When each key of a warm cache expires, 0 for one that is not there; null: all at the TTL. For
  /// what a trace begins in.
  std::shared_ptr<const std::vector<Nanos>> first_expiries;
  /// Of the keys of a warm cache so many, the most popular ones, expire at the same time; the
  /// others are spread evenly over the TTL. Not given: all of them.
  std::optional<std::uint32_t> together;

  // The database
  LoadTime load_time;
  std::uint32_t db_slots = 10;
  DatabaseModel db = DatabaseModel::shared;
  Nanos db_timeout = 0;  ///< a load that takes longer is given up: an error, nothing stored

  // The application
  std::uint32_t processes = 8;    ///< that share nothing but Redis
  double beta = 1;                ///< of XFetch
  Nanos delta_cap = 0;            ///< XFetch believes no longer load time than this
  std::optional<Nanos> lock_ttl;  ///< not given: each strategy's own (30 s, 10 s, 5 s for redlock)
  std::optional<Nanos> poll;      ///< pause of a waiter between two looks; not given: 100 ms
  Nanos wait_once = 75 * k_millisecond;  ///< what a loser of lock-once waits
  double crash = 0;  ///< probability that a loader dies at the end of its load, its lock held

  // What goes wrong on the way
  std::optional<Nanos> slow_at;  ///< from then on loads take `slow_factor` times as long
  double slow_factor = 10;
  std::optional<Nanos> down_at;  ///< from then on, for `down_for`, every load is refused
  Nanos down_for = 60 * k_second;
  Nanos invalidate_every = 0;  ///< all keys are deleted this often

  // The run
  Nanos duration = 300 * k_second;
  std::uint64_t seed = 1;
  std::uint32_t max_in_flight = 1'000'000;  ///< more requests under way: unstable, and stopped

  std::uint32_t keys_together() const { return together && *together < keys ? *together : keys; }
  Nanos jitter_or_default() const { return jitter ? *jitter : ttl / 10; }
};

/// Says what makes no sense, naming the parameter as the flag is called: "--beta: 0 is not ...".
///
/// Errors:  usage.
Result<void> check(const Scenario& scenario);

}  // namespace rcache::stampede
