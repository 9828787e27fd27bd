#pragma once

#include <optional>

#include "commands/stampede/live/run.h"

namespace rcache::stampede::live {

// What the strategies say to Redis, each in the words of the article or library that it is from.
// Nothing, or false, means that the run is over.

/// What a look into the cache finds.
struct Found {
  bool there = false;
  Nanos fresh_until = 0;  ///< on the run's clock
  Nanos delta = 0;        ///< how long its load took
  Nanos left = 0;         ///< until it expires; xfetch and xfetch-nodelta only
};

/// GET; for xfetch with PTTL in one write, for xfetch-nodelta with GET of the expiry.
asio::awaitable<std::optional<Found>> look(RunPtr run, AskPtr ask);

/// SET with PX, for xfetch-nodelta of both keys. `--whole-seconds`: EX.
asio::awaitable<bool> store(RunPtr run, AskPtr ask, Nanos delta);

/// The commands that put a value into the cache.
void add_set(redis::Commands& commands, const Run& run, std::uint32_t key, Nanos now, Nanos delta,
             Nanos fresh_for);

}  // namespace rcache::stampede::live
