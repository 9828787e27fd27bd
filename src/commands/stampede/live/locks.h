#pragma once

#include <optional>

#include "commands/stampede/live/run.h"

namespace rcache::stampede::live {

// Locks and leases in Redis, each in the words of the article or library that it is from. Nothing
// means that the run is over.

/// SET lock token NX PX ttl.
asio::awaitable<std::optional<bool>> try_lock(RunPtr run, AskPtr ask, Nanos ttl);

/// GET lock, and DEL when it is one's own: two commands, between which it may become another's.
asio::awaitable<void> release_in_two_steps(RunPtr run, AskPtr ask);

/// The script that compares and deletes in one step.
asio::awaitable<void> release_by_script(RunPtr run, AskPtr ask);

/// node-redlock's script: EXISTS, then SET PX.
asio::awaitable<std::optional<bool>> try_redlock(RunPtr run, AskPtr ask, Nanos ttl);

/// The value; else leave to load, or not.
struct LeaseAnswer {
  bool there = false;
  bool may_load = false;
};
asio::awaitable<std::optional<LeaseAnswer>> look_for_lease(RunPtr run, AskPtr ask, Nanos interval);

/// Stores the value if the lease still is ours, and gives it back. Out: whether it was stored.
asio::awaitable<std::optional<bool>> store_with_lease(RunPtr run, AskPtr ask, Nanos delta);

/// Teaches the server the scripts, as far as it lets us.
///
/// Errors:  connect.
/// Cost:    four SCRIPT LOAD.
asio::awaitable<Result<ScriptHashes>> load_scripts(std::shared_ptr<redis::Client> client);

}  // namespace rcache::stampede::live
