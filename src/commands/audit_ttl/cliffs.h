#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "commands/audit_ttl/ttl_histogram.h"

namespace rcache::audit_ttl {

/// Seconds in which an outsized number of keys of one pattern expire together.
struct Cliff {
  std::string pattern;
  std::int64_t at_unix_ms = 0;   ///< the first of the seconds
  std::uint64_t seconds = 1;     ///< how many seconds in a row
  std::uint64_t keys = 0;        ///< that expire in them
  bool at_least = false;         ///< there may be more: the pattern has too many different seconds
  double around_per_second = 0;  ///< keys of the pattern that expire in each second around
};

/// From when on a second is a cliff.
///
/// The seconds around it are those within a twentieth of the time left until then, at least 5 and
/// at most 60 on each side. Reasons: keys that were written together and jittered lie in many
/// seconds of about the same height, whatever the jitter's unit, so that none of them stands out
/// against its neighbours from a jitter of about 1 % of the TTL (at most 13 s) on; keys that were
/// written together without jitter lie in one second, or in the few that the job took to write
/// them, and what is around them is empty. Below `least_keys` no database feels it.
struct CliffRule {
  std::uint64_t least_keys = 100;
  double times_around = 10;
};

/// Counts the keys of one pattern by the second in which they expire, in bounded memory.
///
/// Up to `k_seconds` different seconds the counts are exact; beyond, small ones are forgotten, and
/// a count may be too low by at most keys / k_seconds.
/// Source:  Agarwal et al., "Mergeable Summaries", PODS 2012 (Misra-Gries)
class ExpirySeconds {
 public:
  static constexpr std::size_t k_seconds = 256;

  /// In:      `start_unix_ms`, when the audit began, by the server's clock: the same for all that
  ///          will be merged.
  explicit ExpirySeconds(std::int64_t start_unix_ms = 0) : start_ms_(start_unix_ms) {}

  /// In:      when the key expires, since 1970, by the server's clock. It counts to the nearest
  ///          second, so that a millisecond of the way here does not part what ends on the hour.
  /// Cost:    a few nanoseconds, spread out; at most 8 KiB of memory in all.
  void add(std::int64_t expires_unix_ms);
  void merge(const ExpirySeconds& other);

  /// The cliffs, in order of time; seconds that follow each other are one.
  std::vector<Cliff> cliffs(const std::string& pattern, const CliffRule& rule = {}) const;

 private:
  struct Second {
    std::uint32_t at = 0;  ///< since the start
    std::uint32_t keys = 0;
  };

  static void gather(std::vector<Second>& counted, std::vector<std::uint32_t>& pending);
  void compact();
  double keys_within(const std::vector<Second>& counted, std::int64_t first,
                     std::int64_t last) const;

  std::int64_t start_ms_ = 0;
  std::uint64_t forgotten_ = 0;              ///< by how much a count may be too low
  std::vector<Second> counted_ = {};         ///< by time
  std::vector<std::uint32_t> pending_ = {};  ///< seconds not yet among the counted
  TtlHistogram spread_ = {};                 ///< all of them, coarsely
};

/// The most keys first, then by time and pattern.
void sort_cliffs(std::vector<Cliff>& cliffs);

}  // namespace rcache::audit_ttl
