#include "core/key_share.h"

#include <algorithm>
#include <cstring>

namespace rcache {
namespace {

constexpr std::size_t k_first_places = 1024;
constexpr std::size_t k_length_bytes = sizeof(std::uint32_t);

/// FNV-1a, and its bits mixed so that every part of the range is as likely.
/// Source:  http://www.isthe.com/chongo/tech/comp/fnv/; the mixing is MurmurHash3's fmix64
std::uint64_t hash_of(std::string_view key) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char byte : key) {
    hash ^= static_cast<unsigned char>(byte);
    hash *= 0x100000001b3U;
  }
  hash ^= hash >> 33U;
  hash *= 0xff51afd7ed558ccdU;
  hash ^= hash >> 33U;
  hash *= 0xc4ceb9fe1a85ec53U;
  return hash ^ (hash >> 33U);
}

}  // namespace

KeyShare::KeyShare(std::size_t budget_bytes)
    : budget_(std::max<std::size_t>(budget_bytes, 64 * 1024)),
      table_(k_first_places),
      removed_(k_first_places) {
  // All at once: to grow it would need both copies. What is never written takes no memory.
  bytes_.reserve(budget_);
}

bool KeyShare::belongs(std::uint64_t hash) const {
  return hash >= first_ && hash <= last_;
}

std::string_view KeyShare::key_at(std::uint32_t offset) const {
  std::uint32_t length = 0;
  std::memcpy(&length, bytes_.data() + offset, k_length_bytes);
  return std::string_view(bytes_).substr(offset + k_length_bytes, length);
}

std::size_t KeyShare::find(std::string_view key, std::uint64_t hash) const {
  // The upper bits choose the share, so the lower ones choose the place.
  auto place = static_cast<std::size_t>(hash) & (table_.size() - 1);
  while (table_[place] != 0 && key_at(table_[place] - 1) != key)
    place = (place + 1) & (table_.size() - 1);
  return place;
}

void KeyShare::add(std::string_view key) {
  const auto hash = hash_of(key);
  if (!belongs(hash)) return;
  auto place = find(key, hash);
  if (table_[place] != 0) {
    if (removed_[place]) ++size_;
    removed_[place] = false;
    return;
  }
  table_[place] = static_cast<std::uint32_t>(bytes_.size() + 1);
  const auto length = static_cast<std::uint32_t>(key.size());
  bytes_.append(reinterpret_cast<const char*>(&length), k_length_bytes);
  bytes_ += key;
  ++size_;
  if (size_ * 2 > table_.size()) rebuild(table_.size() * 2);
  // One key alone always fits, however long it is.
  while (bytes_.size() + table_.size() * sizeof(table_[0]) > budget_ && size_ > 1 && first_ < last_)
    shrink();
}

void KeyShare::remove(std::string_view key) {
  const auto hash = hash_of(key);
  if (!belongs(hash)) return;
  const auto place = find(key, hash);
  if (table_[place] == 0 || removed_[place]) return;
  removed_[place] = true;
  --size_;
}

std::vector<std::string> KeyShare::take(std::size_t most) {
  std::vector<std::string> keys;
  for (; next_taken_ < table_.size() && keys.size() < most; ++next_taken_) {
    if (table_[next_taken_] == 0 || removed_[next_taken_]) continue;
    keys.emplace_back(key_at(table_[next_taken_] - 1));
    removed_[next_taken_] = true;
    --size_;
  }
  return keys;
}

void KeyShare::shrink() {
  last_ = first_ + (last_ - first_) / 2;
  whole_rest_ = false;
  rebuild(table_.size());
}

void KeyShare::rebuild(std::size_t places) {
  const auto old_table = std::move(table_);
  const auto old_removed = std::move(removed_);
  std::vector<std::uint32_t> offsets;
  for (std::size_t place = 0; place < old_table.size(); ++place)
    if (old_table[place] != 0 && !old_removed[place]) offsets.push_back(old_table[place] - 1);
  std::sort(offsets.begin(), offsets.end());
  // Keys that stay move to the front, in their order: no second copy of them is needed.
  std::size_t end = 0;
  std::vector<std::uint32_t> kept;
  for (const auto offset : offsets) {
    const auto key = key_at(offset);
    if (!belongs(hash_of(key))) continue;
    const auto bytes = key.size() + k_length_bytes;
    std::memmove(bytes_.data() + end, bytes_.data() + offset, bytes);
    kept.push_back(static_cast<std::uint32_t>(end));
    end += bytes;
  }
  bytes_.resize(end);
  size_ = kept.size();
  while (places > k_first_places && places / 4 > size_) places /= 2;
  table_.assign(places, 0);
  removed_.assign(places, false);
  for (const auto offset : kept) {
    const auto key = key_at(offset);
    table_[find(key, hash_of(key))] = offset + 1;
  }
}

void KeyShare::next() {
  first_ = last_ + 1;
  last_ = ~std::uint64_t{0};
  whole_rest_ = true;
  size_ = 0;
  next_taken_ = 0;
  bytes_.clear();
  table_.assign(k_first_places, 0);
  removed_.assign(k_first_places, false);
}

}  // namespace rcache
