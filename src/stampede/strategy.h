#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace rcache::stampede {

/// How an application guards the load of a value that the cache does not have.
enum class Strategy {
  none,
  jitter,
  mutex,
  lock_retry,
  lock_once,
  redlock,
  redlock_recheck,
  xfetch_nodelta,
  xfetch,
  xfetch_lock,
  swr,
  swr_singleflight,
  swr_lock,
  lease
};

/// All of them, in the order in which they are explained.
std::span<const Strategy> all_strategies();

/// The name that a user types: "lock-retry".
std::string_view to_string(Strategy strategy);

/// Empty for a name that is none.
std::optional<Strategy> strategy_named(std::string_view name);

/// What an application has to do for it, the least first.
enum class Effort {
  nothing,
  one_line,   ///< where the TTL is set
  a_process,  ///< inside each process
  a_lock,     ///< in Redis
  a_format    ///< values that carry more than the value
};
Effort effort_of(Strategy strategy);

/// It holds a lock (a lease is one) in Redis while it loads.
bool uses_lock(Strategy strategy);

/// It refreshes early by chance, scaled by how long the last load took.
bool uses_delta(Strategy strategy);

/// What it does, in a few words: "Redis lock, losers poll until the value is there".
std::string_view explain(Strategy strategy);

}  // namespace rcache::stampede
