#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rcache {

/// Keys within a fixed budget of memory, as many as fit: those whose hash lies in a range that
/// shrinks when there are too many. Taken share by share, every key has its turn in exactly one,
/// whatever their number: an exact set in bounded memory, paid for with one more pass for each
/// share. (A Bloom filter would need one pass, and would hide some keys.)
class KeyShare {
 public:
  /// In:      at least 64 KiB.
  explicit KeyShare(std::size_t budget_bytes);

  /// Adds a key that belongs to this share; any other is left out. Twice is once.
  void add(std::string_view key);
  /// Takes a key out, if it is in.
  void remove(std::string_view key);

  std::size_t size() const { return size_; }
  /// Takes out up to `most` keys, in no order; none when all have been taken. Nothing is added
  /// between the first call and next().
  std::vector<std::string> take(std::size_t most);

  /// True when no key is left for another share.
  bool last() const { return whole_rest_; }
  /// Begins the next share, empty. Only when this is not the last.
  void next();

 private:
  bool belongs(std::uint64_t hash) const;
  /// The place in the table where the key is, or would be.
  std::size_t find(std::string_view key, std::uint64_t hash) const;
  std::string_view key_at(std::uint32_t offset) const;
  void shrink();
  void rebuild(std::size_t places);

  std::size_t budget_;
  std::uint64_t first_ = 0;                 ///< the share: hashes from here
  std::uint64_t last_ = ~std::uint64_t{0};  ///< to here
  bool whole_rest_ = true;
  std::size_t size_ = 0;
  std::string bytes_;                 ///< each key behind its length; a removed one keeps its room
  std::vector<std::uint32_t> table_;  ///< open addressing: offset + 1 in bytes_; 0 is free
  std::vector<bool> removed_;         ///< by place in the table
  std::size_t next_taken_ = 0;
};

}  // namespace rcache
