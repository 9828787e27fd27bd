#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

namespace rcache {

/// Remembers which keys it has met, by a 64-bit hash, in at most 8 MiB (and half of that besides
/// while it grows).
///
/// Two different keys are taken for one with a chance of about 1 in 40 million when it is full.
class KeyMemory {
 public:
  /// Out:     false when the key was met before. When it is full, every key is new.
  bool enter(std::string_view key) {
    if (full()) return !find(hash_of(key), slots_);
    if (known_ * 4 >= slots_.size() * 3) grow();
    auto* slot = find_slot(hash_of(key), slots_);
    if (*slot != 0) return false;
    *slot = hash_of(key);
    ++known_;
    return true;
  }

  /// True from when on keys may come that were met and are not remembered.
  bool full() const { return known_ >= k_most; }

 private:
  static constexpr std::size_t k_most_slots = std::size_t{1} << 20U;
  static constexpr std::size_t k_most = k_most_slots / 4 * 3;

  static std::uint64_t hash_of(std::string_view key) {
    const std::uint64_t hash = std::hash<std::string_view>{}(key);
    return hash == 0 ? 1 : hash;
  }
  static std::uint64_t* find_slot(std::uint64_t hash, std::vector<std::uint64_t>& slots) {
    std::size_t at = hash & (slots.size() - 1);
    while (slots[at] != 0 && slots[at] != hash) at = (at + 1) & (slots.size() - 1);
    return &slots[at];
  }
  static bool find(std::uint64_t hash, std::vector<std::uint64_t>& slots) {
    return *find_slot(hash, slots) == hash;
  }
  void grow() {
    std::vector<std::uint64_t> wider(slots_.size() * 2);
    for (const auto hash : slots_)
      if (hash != 0) *find_slot(hash, wider) = hash;
    slots_ = std::move(wider);
  }

  std::vector<std::uint64_t> slots_ = std::vector<std::uint64_t>(1024);  // a power of two
  std::size_t known_ = 0;
};

}  // namespace rcache
