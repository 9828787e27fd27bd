#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "commands/audit_ttl/audit.h"

namespace rcache::audit_ttl {

/// The counters of a database, summed over all primaries.
struct KeyspaceCount {
  std::uint64_t keys = 0;  ///< those included that have expired and still lie there
  std::uint64_t with_ttl = 0;

  std::uint64_t without_ttl() const { return keys - with_ttl; }
};

/// How many keys have a TTL, by INFO keyspace alone.
///
/// `keys - expires` is the exact number of keys without TTL at that moment: a key that has expired
/// and still lies there counts in both.
///
/// Out:     empty when it cannot be relied upon: a replica (it may be behind, or just loading), a
///          node that cannot be reached, a server that names other numbers than DBSIZE, or none.
/// Cost:    one INFO keyspace and one DBSIZE for each node, in one round trip.
/// Source:  https://redis.io/docs/latest/commands/info/ (keyspace)
asio::awaitable<std::optional<KeyspaceCount>> count_by_info(std::shared_ptr<Audit> audit);

}  // namespace rcache::audit_ttl
