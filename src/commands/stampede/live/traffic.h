#pragma once

#include "commands/stampede/live/run.h"

namespace rcache::stampede::live {

/// Puts every key into the cache, all with the same moment of expiry (and their jitter), counted
/// from the run's start: a cache that was warmed in one go.
///
/// Errors:  those of the connection; server for an error reply.
/// Cost:    one SET per key (two for xfetch-nodelta), 500 in a write.
asio::awaitable<Result<void>> fill_cache(RunPtr run);

/// Lets the scenario's clients ask, for `duration` or until the run is over or unstable.
///
/// A closed loop has a coroutine for each client, and each begins with a pause. An open loop has
/// the simulator's arrivals of the same seed, each at its own time; one that we come round to late
/// counts from when it was due, so that a stall hides nothing.
asio::awaitable<void> let_them_ask(RunPtr run, Nanos duration);

}  // namespace rcache::stampede::live
