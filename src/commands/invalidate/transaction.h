#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "backup/record.h"
#include "commands/invalidate/removal.h"

namespace rcache::invalidate {

/// Values that are in the file already, by key.
using Known = std::unordered_map<std::string, backup::Value>;

/// Saves and removes one group of keys (in a cluster: of one slot) in one transaction. Keys that
/// were changed meanwhile have one each then, at most three times.
///
/// In:      `client`, which nobody else uses; `known` may be null.
/// Out:     false when the connection is of no use any more; keys whose fate is open are added to
/// `open`. Cost:    WATCH and what ValueReader::read() costs, one fdatasync when something is not
/// known, and MULTI,
///          UNLINK and EXEC: two round trips.
/// Source:  https://redis.io/docs/latest/develop/interact/transactions/ (optimistic locking)
asio::awaitable<bool> transact(std::shared_ptr<Job> job, Removal removal,
                               std::shared_ptr<redis::Client> client, const Known* known,
                               std::vector<std::string>* open);

/// Their keys.
std::vector<std::string> keys_of(const std::vector<backup::Value>& values);

}  // namespace rcache::invalidate
