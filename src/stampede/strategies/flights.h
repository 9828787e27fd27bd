#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace rcache::stampede {

/// Who loads a key in a process, and the list of those who wait for it there.
struct Flight {
  std::uint64_t owner = 0;  ///< process and key
  std::uint32_t first = 0;  ///< number of a waiting request plus 1; 0: nobody waits
  std::uint32_t last = 0;
  bool used = false;
};

/// The flights under way: an open hash table, so that one more costs no allocation.
class Flights {
 public:
  Flights() : slots_(64) {}

  static std::uint64_t name(std::uint32_t process, std::uint32_t key) {
    return static_cast<std::uint64_t>(process) << 32 | key;
  }

  Flight* find(std::uint64_t owner) {
    for (auto slot = home(owner);; slot = next(slot)) {
      if (!slots_[slot].used) return nullptr;
      if (slots_[slot].owner == owner) return &slots_[slot];
    }
  }
  /// In: there is none of that owner.
  void add(std::uint64_t owner) {
    if ((count_ + 1) * 2 > slots_.size()) grow();
    place({owner, 0, 0, true});
    ++count_;
  }
  void remove(std::uint64_t owner) {
    auto hole = home(owner);
    while (slots_[hole].owner != owner || !slots_[hole].used) hole = next(hole);
    slots_[hole].used = false;
    --count_;
    // What lies behind and would not be found across the hole moves into it.
    for (auto slot = next(hole); slots_[slot].used; slot = next(slot)) {
      const auto wanted = home(slots_[slot].owner);
      const bool reachable =
          hole <= slot ? (wanted > hole && wanted <= slot) : (wanted > hole || wanted <= slot);
      if (reachable) continue;
      slots_[hole] = slots_[slot];
      slots_[slot].used = false;
      hole = slot;
    }
  }

 private:
  std::size_t home(std::uint64_t owner) const {
    return static_cast<std::size_t>((owner * 0x9e3779b97f4a7c15ULL) >> 32) & (slots_.size() - 1);
  }
  std::size_t next(std::size_t slot) const { return (slot + 1) & (slots_.size() - 1); }
  void place(const Flight& flight) {
    auto slot = home(flight.owner);
    while (slots_[slot].used) slot = next(slot);
    slots_[slot] = flight;
  }
  void grow() {
    std::vector<Flight> old(slots_.size() * 2);
    old.swap(slots_);
    for (const auto& flight : old) {
      if (flight.used) place(flight);
    }
  }

  std::vector<Flight> slots_;
  std::size_t count_ = 0;
};

}  // namespace rcache::stampede
