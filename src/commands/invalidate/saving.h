#pragma once

#include <memory>
#include <string>
#include <vector>

#include "commands/invalidate/removal.h"

namespace rcache::invalidate {

/// Saves the keys, and removes those that are durably in the file.
///
/// Exact: WATCH, then DUMP and expiry, the file, and MULTI UNLINK EXEC, which does nothing when a
/// key was changed in between: that one is saved anew, at most three times. In a cluster all keys
/// are saved first, and then each slot has its transaction. Fast: DUMP, the file, UNLINK.
///
/// Out:     those whose fate is open.
/// Cost:    MEMORY USAGE, DUMP and PEXPIRETIME (PTTL before Redis 7) for each key (in a cluster
/// DUMP twice), and the
///          removal; four round trips and one fdatasync.
asio::awaitable<std::vector<std::string>> save_and_remove(std::shared_ptr<Job> job,
                                                          Removal removal);

}  // namespace rcache::invalidate
