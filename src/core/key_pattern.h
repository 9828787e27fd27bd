#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace rcache {

/// How keys are told apart into key patterns.
struct KeyPatternOptions {
  char delimiter = ':';
  std::size_t max_groups = 2000;  ///< places in all; beyond, the rarest fold into their parent
  std::size_t max_variants = 40;  ///< more different words at one place make it variable
};

/// One inferred key pattern: "contacts:org1:*:*".
struct KeyGroup {
  std::string pattern;
  std::uint64_t keys = 0;
};

/// Infers key patterns from a stream of keys in bounded memory.
///
/// A key is split at the delimiter. A segment that is a number, a UUID, a hash or otherwise looks
/// generated is `*`; so is a place with more than `max_variants` different words. Other segments
/// stay as they are. Behind twelve segments the rest of a key is one `*`. Patterns are for people:
/// what of a segment is a special character of a glob is shown as it is.
class KeyPatterns {
 public:
  explicit KeyPatterns(KeyPatternOptions options = {});
  ~KeyPatterns();
  KeyPatterns(KeyPatterns&&) noexcept;
  KeyPatterns& operator=(KeyPatterns&&) noexcept;

  /// Cost:    linear in the key's length.
  void add(std::string_view key);

  /// The groups, most keys first, then by pattern; their counts add up to all keys that were added.
  std::vector<KeyGroup> groups() const;

  /// True when there were more groups than fit, and rare ones stand in their parent's.
  bool folded() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace rcache
