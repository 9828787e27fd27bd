#pragma once

#include <cstdint>
#include <vector>

namespace rcache::stampede {

/// Draws keys of unequal popularity in constant time: key i (from 0 on) with a weight of (i+1) to
/// the power of minus `exponent`.
///
/// Source:  M. D. Vose's alias method (IEEE Transactions on Software Engineering 17(9), 1991)
class Zipf {
 public:
  Zipf(std::uint32_t keys, double exponent);

  /// In: 64 random bits.
  std::uint32_t draw(std::uint64_t bits) const {
    const auto slot = slot_of(bits);
    const auto& each = slots_[slot];
    return static_cast<std::uint32_t>(bits) < each.keep ? slot : each.other;
  }

  /// These bits will be drawn with soon: a large table lies far from the processor.
  void expect(std::uint64_t bits) const { __builtin_prefetch(&slots_[slot_of(bits)]); }

 private:
  std::uint32_t slot_of(std::uint64_t bits) const {
    return static_cast<std::uint32_t>(((bits >> 32) * slots_.size()) >> 32);
  }
  struct Slot {
    std::uint32_t keep = UINT32_MAX;  ///< below this of 2^32: the slot's own key
    std::uint32_t other = 0;
  };
  std::vector<Slot> slots_;
};

/// The part of all requests that each key gets; they add up to 1.
std::vector<double> zipf_shares(std::uint32_t keys, double exponent);

/// The exponent with which the most popular key gets this share; 0 when it gets no more than any,
/// 5 at the most.
double zipf_exponent(std::uint32_t keys, double largest_share);

}  // namespace rcache::stampede
