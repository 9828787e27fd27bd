#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/ttl_histogram.h"

namespace rcache {

/// Seconds in which an outsized number of keys of one pattern expire together.
struct Cliff {
  std::string pattern;
  std::int64_t at_unix_ms = 0;   ///< the first of the seconds
  std::uint64_t seconds = 1;     ///< how many seconds in a row
  std::uint64_t keys = 0;        ///< that expire in them
  bool at_least = false;         ///< there may be more: the pattern has too many different seconds
  double around_per_second = 0;  ///< keys of the pattern that expire in each second around
};

/// From when on a second is a cliff: it holds `least_keys` or more keys of the pattern, alone or
/// with the seconds next to it that are cliffs too, and `times_around` times what the seconds
/// around it hold on average, its fuller neighbour left out (what was written together can lie on
/// both sides of a tick).
///
/// Around are the seconds within a twentieth of the time left until then, at least 5 and at most 60
/// on each side. Keys that were written together and jittered lie in many seconds of about the same
/// height, whatever unit the jitter has: from a jitter of about 1 % of the TTL (13 s is always
/// enough) none stands out against its neighbours. Keys that were written together without jitter
/// lie in one second, or in the few that the job took to write them, and around them is nothing.
/// Fewer than 100 keys no database feels. What ends within 2 s is no cliff: keys that live for a
/// second always lie there.
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
  explicit ExpirySeconds(std::int64_t start_unix_ms = 0);

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

  std::vector<Second> gathered() const;
  void compact();

  std::int64_t start_ = 0;                   ///< in seconds since 1970
  std::uint64_t forgotten_ = 0;              ///< by how much a count may be too low
  std::vector<Second> counted_ = {};         ///< by time
  std::vector<std::uint32_t> pending_ = {};  ///< seconds not yet among the counted
  TtlHistogram spread_ = {};                 ///< all of them, coarsely
};

/// The most keys first, then by time and pattern.
void sort_cliffs(std::vector<Cliff>& cliffs);

}  // namespace rcache
