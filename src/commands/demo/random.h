#pragma once

#include <bit>
#include <cstdint>
#include <string>

namespace rcache::demo {

/// Numbers that are the same for the same seed on every machine and with every standard library,
/// which the distributions of <random> do not promise.
///
/// Source: https://prng.di.unimi.it/splitmix64.c
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  /// A stream of its own for one item, so that an item can be made without those before it.
  Random(std::uint64_t seed, std::uint64_t family, std::uint64_t index)
      : state_(Random(Random(seed).next() ^ Random(family).next() * 3 ^ index).next()) {}

  std::uint64_t next() {
    std::uint64_t mixed = (state_ += 0x9e3779b97f4a7c15);
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
    return mixed ^ (mixed >> 31);
  }

  /// 0 to bound - 1. In: bound, above 0 and so small against 2^64 that the remainder's bias is
  /// nothing.
  std::uint64_t below(std::uint64_t bound) { return next() % bound; }

  /// `low` to `high`, both included.
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(high - low) + 1));
  }

  bool chance(unsigned per_mille) { return below(1000) < per_mille; }

  /// 0 to count - 1, where index i comes about as often as 1 / (i + 1): popularity as caches see it
  /// (Zipf with exponent 1). Whole numbers only, since pow() may differ between libraries.
  std::uint64_t popular(std::uint64_t count) {
    for (;;) {
      const std::uint64_t index = below(std::uint64_t{1} << below(std::bit_width(count - 1) + 1u));
      if (index < count) return index;
    }
  }

  /// In: digits, at most 32. Out: lower case hexadecimal digits.
  std::string hex(std::size_t digits) {
    static constexpr char k_digits[] = "0123456789abcdef";
    std::string text;
    text.reserve(digits);
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < digits; ++i, bits >>= 4) {
      if (i % 16 == 0) bits = next();
      text += k_digits[bits & 15];
    }
    return text;
  }

 private:
  std::uint64_t state_;
};

}  // namespace rcache::demo
