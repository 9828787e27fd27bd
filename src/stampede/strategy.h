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

/// What it does, in a few words: "Redis lock, losers poll until the value is there".
std::string_view explain(Strategy strategy);

}  // namespace rcache::stampede
