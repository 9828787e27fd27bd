#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/info.h"

namespace rcache::stats {

// In all of these an empty optional and an empty string mean: the server does not say.

struct Server {
  std::string flavor;   ///< "redis", "valkey" or "redict"; "mixed" when the nodes differ, as below
  std::string version;  ///< "7.0.15"
  std::string mode;     ///< "standalone", "cluster" or "sentinel"
  std::string role;     ///< "master" or "slave"
  std::int64_t nodes = 1;
  std::optional<std::int64_t> uptime_seconds;  ///< of the youngest
};

struct Memory {
  std::optional<std::int64_t> used_bytes;
  std::optional<std::int64_t>
      peak_bytes;  ///< a sum of peaks, which may have come at different times
  std::optional<std::int64_t> rss_bytes;
  std::optional<std::int64_t> max_bytes;  ///< empty when there is no maxmemory on one node
  bool max_is_known = false;              ///< tells "no maxmemory" from "the server does not say"
  std::optional<double> used_ratio;       ///< of max_bytes; above 1 when over the limit
  std::optional<double> fragmentation_ratio;
  std::string policy;  ///< "noeviction", "allkeys-lru"...
};

struct Clients {
  std::optional<std::int64_t> connected;
  std::optional<std::int64_t> blocked;
  std::optional<std::int64_t> max;
};

struct Keys {
  std::optional<std::int64_t> total;
  std::optional<std::int64_t> with_ttl;
  std::optional<std::int64_t> without_ttl;
};

struct Database {
  std::int64_t db = 0;
  std::int64_t keys = 0;
  std::int64_t with_ttl = 0;
  std::int64_t without_ttl = 0;
  std::optional<double> avg_ttl_seconds;  ///< empty as long as the server has not estimated it
};

/// What one command cost since start. Subcommands are commands: "client|setname".
struct CommandTime {
  std::string name;
  std::int64_t calls = 0;
  std::int64_t usec = 0;
  double time_ratio = 0;  ///< of the time of all commands
  double usec_per_call = 0;
  std::optional<double> p50_usec;  ///< of several nodes the largest: percentiles cannot be added
  std::optional<double> p99_usec;
  std::optional<double> p999_usec;
};

/// What one server says of itself, or the sum of several.
struct Facts {
  Server server;
  std::optional<std::int64_t> hits;
  std::optional<std::int64_t> misses;
  std::optional<double> hit_ratio;  ///< empty without traffic
  std::optional<std::int64_t> evicted_keys;
  std::optional<std::int64_t> expired_keys;
  std::optional<std::int64_t> rejected_connections;
  std::optional<std::int64_t> commands_processed;
  std::optional<double> ops_per_second;
  Memory memory;
  Clients clients;
  Keys keys;
  std::vector<Database> databases;    ///< by number
  std::vector<CommandTime> commands;  ///< all, by time from the most on, then by name
};

/// One INFO reply, and whose it is.
struct NodeSample {
  std::string address = {};
  std::string flavor = {};
  std::string version = {};
  std::string mode = {};
  std::string role = {};
  std::string run_id = {};
  std::int64_t received_unix_ms = 0;  ///< by our clock; used when the server does not tell its own
  Info info = {};                     ///< of "INFO everything", or of the default sections
};

/// The same, read.
struct NodeStats {
  std::string address;
  std::string run_id;
  std::int64_t at_unix_ms = 0;  ///< by the server's clock where it tells it
  Facts facts;
};

/// Reads one node's facts.
///
/// Out:     a field that is missing, negative or not a number is empty, never 0.
/// Errors:  protocol, when the reply holds no field at all.
/// Source:  https://redis.io/docs/latest/commands/info/
Result<NodeStats> read_node(const NodeSample& sample);

/// hits / (hits + misses); empty when one is unknown or both are 0.
///
/// Source:  https://redis.io/docs/latest/commands/info/ (keyspace_hits, keyspace_misses)
std::optional<double> hit_ratio_of(std::optional<std::int64_t> hits,
                                   std::optional<std::int64_t> misses);

/// Sorts by time, from the most on, then by name, and gives each its part of the whole time.
void rank_commands(std::vector<CommandTime>& commands);

}  // namespace rcache::stats
