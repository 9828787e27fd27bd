#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace rcache {

/// Picks evenly from a stream whose length nobody knows: each of them with the same chance. The
/// same seed picks the same ones of the same stream.
/// Source:  Vitter, Random sampling with a reservoir (1985), algorithm R
template <typename T>
class Reservoir {
 public:
  explicit Reservoir(std::size_t size, std::uint64_t seed = 1) : size_(size), random_(seed) {}

  /// One more has come.
  /// Out:     where to put it when it was picked, else null.
  T* offer() {
    ++offered_;
    if (kept_.size() < size_) return &kept_.emplace_back();
    // Steele, Lea, Flood: Fast splittable pseudorandom number generators (2014).
    random_ += 0x9e3779b97f4a7c15U;
    auto bits = random_;
    bits = (bits ^ (bits >> 30U)) * 0xbf58476d1ce4e5b9U;
    bits = (bits ^ (bits >> 27U)) * 0x94d049bb133111ebU;
    bits ^= bits >> 31U;
    const auto place = bits % offered_;
    return place < size_ ? &kept_[place] : nullptr;
  }

  std::uint64_t offered() const { return offered_; }
  const std::vector<T>& kept() const { return kept_; }
  std::vector<T> take() { return std::move(kept_); }

 private:
  std::size_t size_;
  std::uint64_t random_;
  std::uint64_t offered_ = 0;
  std::vector<T> kept_;
};

}  // namespace rcache
