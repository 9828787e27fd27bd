#include "trace/key_table.h"

#include <utility>

namespace rcache::trace {

void NumberTable::grow() {
  constexpr std::size_t k_first_slots = 1024;
  const auto old =
      std::exchange(slots_, std::vector<Slot>(slots_.empty() ? k_first_slots : 2 * slots_.size()));
  mask_ = slots_.size() - 1;
  for (const auto& slot : old) {
    if (slot.place == k_free) continue;
    std::size_t at = spread_bits(slot.number) & mask_;
    while (slots_[at].place != k_free) at = (at + 1) & mask_;
    slots_[at] = slot;
  }
}

void NumberTable::clear() {
  slots_.clear();
  slots_.shrink_to_fit();
  mask_ = 0;
  count_ = 0;
}

std::uint32_t KeyTable::intern(std::string_view name, std::uint16_t database) {
  const auto hash = secret_ ? sip_hash(name, *secret_) : quick_hash(name, 0);
  return keep(database == 0 ? hash : spread_bits(hash ^ database), name);
}

std::uint32_t KeyTable::intern_number(std::uint64_t number) {
  return keep(number, {});
}

std::uint32_t KeyTable::keep(std::uint64_t hash, std::string_view name) {
  const auto key = table_.intern(hash);
  if (key == hashes_.size()) {
    hashes_.push_back(hash);
    if (names_ == Names::kept) {
      letters_ += name;
      ends_.push_back(letters_.size());
    }
  }
  return key;
}

std::string_view KeyTable::name_of(std::uint32_t key) const {
  if (key >= ends_.size()) return {};
  const auto begin = key == 0 ? 0 : ends_[key - 1];
  return std::string_view(letters_).substr(begin, ends_[key] - begin);
}

void KeyTable::clear() {
  table_.clear();
  hashes_.clear();
  ends_.clear();
  letters_.clear();
}

}  // namespace rcache::trace
