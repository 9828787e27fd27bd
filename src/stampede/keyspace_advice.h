#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/expiry_cliffs.h"
#include "stampede/advice.h"

namespace rcache::stampede {

/// What the TTLs of the keys of one key pattern are now.
struct PatternTtls {
  std::string pattern;
  std::uint64_t keys = 0;          ///< with a TTL
  std::uint64_t without_ttl = 0;   ///< these never expire
  Nanos longest = 0;               ///< the longest that is left: about what the application sets
  std::vector<Cliff> cliffs = {};  ///< moments in which many expire together, the largest first

  std::uint64_t together() const { return cliffs.empty() ? 0 : cliffs.front().keys; }
};

/// A pattern, and what it needs.
struct PatternAdvice {
  PatternTtls ttls;
  Advice advice;
};

/// The advice for a keyspace: its patterns one by one, those with the largest cliffs first.
struct KeyspaceAdvice {
  std::uint32_t db_slots = 0;
  double load_seconds = 0;
  double rate = 0;  ///< over all keys
  std::uint64_t keys = 0;
  std::uint64_t without_ttl = 0;
  double floor_loads = 0;  ///< of all patterns
  std::vector<PatternAdvice> patterns;
  std::vector<PatternTtls> others;  ///< of which only the floor was computed

  /// Every pattern has something that keeps within the slots, and all of them leave room.
  bool feasible() const;
};

struct KeyspaceJob {
  AdviceJob advice;       ///< its scenario: what was typed; `rate` is over all keys
  bool keep_ttl = false;  ///< the scenario's TTL was typed, and counts instead of the longest left
  std::size_t most_patterns = 5;
};

/// The scenario of one pattern: its keys, its part of the traffic, its TTL, its largest cliff.
Scenario scenario_of(const KeyspaceJob& job, const PatternTtls& ttls, std::uint64_t all_keys);

/// Cost:    that of advise() for each of `most_patterns`.
KeyspaceAdvice advise_keyspace(const KeyspaceJob& job, std::vector<PatternTtls> patterns);

}  // namespace rcache::stampede
