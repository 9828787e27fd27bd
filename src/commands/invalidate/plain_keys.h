#pragma once

#include "commands/invalidate/sweep.h"

namespace rcache::invalidate {

/// Patterns without anything special in them are keys: those need no scan.
///
/// Out:     the keys, when all patterns are; empty when one is not, or --type wants to know more.
std::vector<std::string> plain_keys(const Job& job);

/// Removes them at their owners. One that is not there does not match.
/// Cost:    that of remove_keys(); no SCAN.
asio::awaitable<Result<Sweep>> remove_plain_keys(std::shared_ptr<Job> job,
                                                 std::vector<std::string> keys);

/// Shows those that are there to `visit`. Cost: a TYPE for each, which the server counts as a read.
asio::awaitable<Result<Sweep>> look_at_plain_keys(std::shared_ptr<Job> job,
                                                  std::vector<std::string> keys, Visitor visit);

}  // namespace rcache::invalidate
