#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trace/hash.h"

namespace rcache::trace {

/// 64-bit numbers -> 0, 1, 2... in the order in which they came.
class NumberTable {
 public:
  /// The number's place, a new one when it is new.
  std::uint32_t intern(std::uint64_t number) {
    if (2 * (count_ + 1) > slots_.size()) grow();
    for (std::size_t at = spread_bits(number) & mask_;; at = (at + 1) & mask_) {
      auto& slot = slots_[at];
      if (slot.place == k_free) {
        slot = {number, count_};
        return count_++;
      }
      if (slot.number == number) return slot.place;
    }
  }

  /// Has the place of `number` fetched from memory meanwhile.
  void prefetch(std::uint64_t number) const {
    if (!slots_.empty()) __builtin_prefetch(&slots_[spread_bits(number) & mask_]);
  }

  std::uint32_t size() const { return count_; }
  void clear();

 private:
  static constexpr std::uint32_t k_free = 0xffffffff;
  struct Slot {
    std::uint64_t number = 0;
    std::uint32_t place = k_free;
  };
  void grow();

  std::vector<Slot> slots_;
  std::size_t mask_ = 0;
  std::uint32_t count_ = 0;
};

/// What is kept of a key besides its number.
enum class Names { dropped, kept };

/// The keys of a trace, each a small number. The same name in two databases is two keys.
///
/// A key is told by 64 bits of hash: of a hundred million keys two coincide once in 3,700 traces,
/// and then two keys count as one.
class KeyTable {
 public:
  explicit KeyTable(Names names = Names::dropped) : names_(names) {}
  /// Hashed with a secret: hash_of() may be shown to anybody.
  explicit KeyTable(const SecretKey& secret) : secret_(secret) {}

  std::uint32_t intern(std::string_view name, std::uint16_t database);
  /// A key that the trace itself gives as a number.
  std::uint32_t intern_number(std::uint64_t number);
  void prefetch_number(std::uint64_t number) const { table_.prefetch(number); }

  std::uint32_t size() const { return table_.size(); }
  std::uint64_t hash_of(std::uint32_t key) const { return hashes_[key]; }
  /// Empty when names are not kept, or when the trace has none.
  std::string_view name_of(std::uint32_t key) const;
  /// How much the names take that are kept.
  std::size_t name_bytes() const { return letters_.size(); }
  /// Forgets all keys; their numbers are given anew.
  void clear();

 private:
  std::uint32_t keep(std::uint64_t hash, std::string_view name);

  Names names_ = Names::dropped;
  std::optional<SecretKey> secret_;
  NumberTable table_;
  std::vector<std::uint64_t> hashes_;
  std::vector<std::uint64_t> ends_;  ///< of the names in `letters_`
  std::string letters_;
};

}  // namespace rcache::trace
