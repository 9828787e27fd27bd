#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/key_pattern.h"

namespace rcache::invalidate {

/// How keys with this time to live are shown together.
enum class TtlClass { none, minute, hour, day, longer };

/// Who will be touched.
struct Target {
  std::string profile;  ///< empty: none was named
  bool production = false;
  std::string addresses;  ///< "127.0.0.1:7000", or "3 nodes: 10.0.0.1:7000, ..."
  std::string server;     ///< "redis 7.0.15, cluster, master"
  std::string run_id;     ///< of a standalone server, its first 8 characters
  int database = 0;
  std::uint64_t keys = 0;  ///< of all nodes, DBSIZE
};

struct NodePlan {
  std::string address;
  std::uint64_t scanned = 0;
  std::uint64_t matched = 0;
};

/// What a look over the keyspace found, without touching it.
struct Plan {
  Target target;
  std::vector<std::string> patterns;  ///< as typed
  std::vector<std::string> tags;
  std::uint64_t scanned = 0;
  std::uint64_t matched = 0;  ///< protected ones included
  std::uint64_t protected_keys = 0;
  std::vector<KeyGroup> groups;  ///< of all that would be removed
  bool groups_folded = false;
  std::vector<NodePlan> nodes;
  std::vector<std::string> examples;  ///< raw keys, at most 5, without the key prefix
  std::uint64_t sampled = 0;          ///< keys whose type and TTL were asked, at most 1,000
  std::map<std::string, std::uint64_t> types;     ///< of the sample
  std::map<TtlClass, std::uint64_t> ttl_classes;  ///< of the sample
  std::vector<std::string>
      tag_sets;  ///< containers that exist: "tag:org:1", without the key prefix
  bool complete = false;
  std::vector<std::string> reasons;  ///< why it is not complete
  std::optional<double>
      spread_seconds;  ///< --spread or --expire-in: nothing would be removed at once
};

}  // namespace rcache::invalidate
