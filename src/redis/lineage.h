#pragma once

#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "redis/identity.h"

namespace rcache::redis {

/// Whether who answers now has the data set that was there before: the same process, its successor
/// after a failover, or the same server started anew. Everything else is another server, to which a
/// name or a virtual address leads by now, and no key of it was ever agreed to.
///
/// In:      `known_for`, how long ago `before` answered first.
/// Out:     true as well where a server tells too little (no run_id, no uptime).
/// Source:  https://redis.io/docs/latest/operate/oss_and_stack/management/replication/ (a promoted
///          replica keeps its old primary's replication id as the second one). A server that starts
///          without replicas has a new id: then only that it is younger than our knowledge of the
///          one before it says that it is no other that ran beside it.
bool continues(const Identity& before, const Identity& now, std::chrono::seconds known_for);

/// What is known of the data set that a run is about, from one look at its servers to the next.
class Lineage {
 public:
  using Instant = std::chrono::steady_clock::time_point;

  /// Whether a server outside a cluster has it; the first one always does.
  bool continues_in(const Identity& identity, Instant now);

  /// Whether a cluster of these node ids has it: a node, or a replica, of it was known before.
  bool continues_in(const std::vector<std::string>& node_ids);

 private:
  std::optional<Identity> known_;
  Instant since_;  ///< when that process answered first
  std::set<std::string> node_ids_;
};

}  // namespace rcache::redis
