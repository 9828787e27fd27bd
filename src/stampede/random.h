#pragma once

#include <cstdint>

#include "stampede/scenario.h"
#include "stampede/time.h"

namespace rcache::stampede {

/// What a random number is for. Each purpose has a stream of its own, so that one more draw for one
/// of them changes no other.
enum class Purpose : std::uint64_t {
  gap,  ///< between two arrivals
  key,
  process,
  load_time,
  jitter,
  warm_jitter,
  coin,  ///< XFetch's
  crash,
  backoff,  ///< redlock's
  think,
  warm_age,
  warm_spread
};

/// Random numbers by their number: the one at an index is the same whoever asks, and when. So every
/// strategy meets the same arrivals and load times.
///
/// Source:  SplitMix64 (Steele, Lea, Flood, OOPSLA 2014), read at any place of its sequence
class Stream {
 public:
  Stream(std::uint64_t seed, Purpose purpose)
      : base_(mix(mix(seed) ^
                  mix(0x9e6c63d0876a9a35ULL * (static_cast<std::uint64_t>(purpose) + 1)))) {}

  std::uint64_t bits(std::uint64_t index) const {
    return mix(base_ + index * 0x9e3779b97f4a7c15ULL);
  }
  /// In (0, 1]: its logarithm is finite.
  double above_zero(std::uint64_t index) const {
    return static_cast<double>((bits(index) >> 11) + 1) * 0x1p-53;
  }
  /// In [0, 1).
  double below_one(std::uint64_t index) const {
    return static_cast<double>(bits(index) >> 11) * 0x1p-53;
  }
  /// Below `count`, all alike (but for one part in 2^32).
  std::uint32_t below(std::uint32_t count, std::uint64_t index) const {
    return static_cast<std::uint32_t>(((bits(index) >> 32) * count) >> 32);
  }

 private:
  static std::uint64_t mix(std::uint64_t x) {
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31);
  }
  std::uint64_t base_;
};

/// A load time, out of one uniform number in (0, 1].
Nanos draw_load_time(const LoadTime& load_time, double uniform);

}  // namespace rcache::stampede
