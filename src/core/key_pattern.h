#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/key_tree.h"

namespace rcache {

/// One inferred key pattern: "contacts:org1:*:*".
struct KeyGroup {
  std::string pattern;
  std::uint64_t keys = 0;
};

/// The key patterns of a stream of keys, and how many keys each has; see key_tree.h.
class KeyPatterns {
 public:
  explicit KeyPatterns(KeyPatternOptions options = {}) : tree_(options) {}

  /// Cost:    linear in the key's length.
  void add(std::string_view key) {
    tree_.add(key, [](Count& group) { ++group.count; });
  }

  /// The groups, most keys first, then by pattern; their counts add up to all keys that were added.
  std::vector<KeyGroup> groups() const {
    std::vector<KeyGroup> groups;
    for (auto& group : tree_.groups())
      groups.push_back({std::move(group.pattern), group.data.count});
    return groups;
  }

  /// True when there were more groups than fit, and rare ones stand in their parent's.
  bool folded() const { return tree_.folded(); }

 private:
  struct Count {
    std::uint64_t count = 0;
    std::uint64_t keys() const { return count; }
    void merge(const Count& other) { count += other.count; }
  };
  KeyTree<Count> tree_;
};

}  // namespace rcache
