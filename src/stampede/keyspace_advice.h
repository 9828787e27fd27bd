#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/expiry_cliffs.h"
#include "stampede/advice.h"

namespace rcache::stampede {

/// How often the keys of a pattern were read while the server was listened to.
struct PatternReads {
  std::uint64_t all = 0;
  std::uint64_t hottest = 0;  ///< of the key that was read most
};

/// What the TTLs of the keys of one key pattern are now.
struct PatternTtls {
  std::string pattern;
  std::uint64_t keys = 0;          ///< with a TTL
  std::uint64_t without_ttl = 0;   ///< these never expire
  Nanos longest = 0;               ///< the longest that is left: about what the application sets
  std::vector<Cliff> cliffs = {};  ///< moments in which many expire together, the largest first
  PatternReads reads = {};

  std::uint64_t together() const { return cliffs.empty() ? 0 : cliffs.front().keys; }
};

/// A pattern, and what it needs.
struct PatternAdvice {
  PatternTtls ttls;
  Advice advice;
};

/// A moment in which keys of several patterns expire: none of them is alone with the database.
struct SharedCliff {
  std::int64_t at_unix_ms = 0;  ///< the second
  std::uint64_t keys = 0;       ///< of all of them
  std::vector<std::string> patterns = {};
  Nanos jitter = 0;  ///< that spreads all of these keys, one load for each
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
  std::vector<SharedCliff> shared_cliffs;  ///< with more keys than slots, the largest first
  std::vector<PatternTtls> others;         ///< of which only the floor was computed
  double listened_seconds = 0;  ///< above 0: the traffic of each pattern is what was read

  /// A pattern's requests per second, where that was measured.
  double rate_of(const PatternTtls& ttls) const {
    return static_cast<double>(ttls.reads.all) / listened_seconds;
  }

  /// Every pattern has something that keeps within the slots, and all of them leave room.
  bool feasible() const;
};

struct KeyspaceJob {
  AdviceJob advice;       ///< its scenario: what was typed; `rate` is over all keys
  bool keep_ttl = false;  ///< the scenario's TTL was typed, and counts instead of the longest left
  /// Above 0: how long the reads were counted that each pattern has. They say how much traffic it
  /// gets, and how unequal its keys are, instead of the scenario.
  double listened_seconds = 0;
  std::size_t most_patterns = 5;
};

/// The scenario of one pattern: its keys, its part of the traffic, its TTL, its largest cliff.
Scenario scenario_of(const KeyspaceJob& job, const PatternTtls& ttls, std::uint64_t all_keys);

/// Cost:    that of advise() for each of `most_patterns`.
KeyspaceAdvice advise_keyspace(const KeyspaceJob& job, std::vector<PatternTtls> patterns);

}  // namespace rcache::stampede
