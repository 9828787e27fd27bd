#pragma once

#include <compare>
#include <cstdint>
#include <string>

#include "core/info.h"

namespace rcache::redis {

/// Who answers: which program, which process, in which role. Asked after every connect, because a
/// name or address can lead to another server a second later.
struct Identity {
  std::string flavor = "redis";  ///< "redis", "valkey" or "redict"
  std::string version;           ///< "7.0.15"; empty when INFO does not say
  std::string mode;              ///< "standalone", "cluster" or "sentinel"
  std::string role;              ///< "master", "slave" (Redis' own words) or "sentinel"
  std::string run_id;            ///< new at each start of the process; a SCAN cursor dies with it
  std::string replication_id;    ///< the data set's lineage; a replica has its primary's
  std::string replication_id2;   ///< after a failover: the lineage before it
  std::string node_id;           ///< cluster node id; empty outside a cluster
  std::int64_t uptime_seconds = 0;
};

/// Reads the identity out of INFO (default sections suffice). Fields that are missing stay empty.
/// Source: https://redis.io/docs/latest/commands/info/, and INFO of the forks: Valkey says
/// `server_name:valkey` and redis_version 7.2.4, Redict has `redict_version` and no `redis_mode`.
Identity parse_identity(const Info& info);

/// The first two numbers of a version: "7.0.15" is 7 and 0. 0 for what is missing.
struct Version {
  std::int64_t major = 0;
  std::int64_t minor = 0;
  auto operator<=>(const Version&) const = default;
};
Version version_of(const Identity& identity);

}  // namespace rcache::redis
