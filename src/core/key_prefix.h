#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace rcache {

/// What an application's client library puts before every key ("ecosire:"): the one place where it
/// is put on and taken off. What a person types and reads is without it, what the server sees is
/// with it.
///
/// Such libraries do not prefix SCAN's patterns, so the application's own `contacts:*` silently
/// matches nothing; here patterns and keys are treated alike.
class KeyPrefix {
 public:
  KeyPrefix() = default;
  explicit KeyPrefix(std::string prefix) : prefix_(std::move(prefix)) {}

  bool empty() const { return prefix_.empty(); }
  const std::string& text() const { return prefix_; }

  /// A key, or a tag's container, as the server knows it.
  std::string on_key(std::string_view key) const { return prefix_ + std::string(key); }

  /// A pattern that matches the same keys behind the prefix; the prefix itself is taken literally.
  std::string on_pattern(std::string_view glob) const;

  /// The key as the application knows it; empty for a key that does not have the prefix.
  std::optional<std::string_view> off(std::string_view key) const;

 private:
  std::string prefix_;
};

/// `text` as a glob that matches nothing else.
///
/// Source:  https://redis.io/docs/latest/commands/keys/ (glob-style patterns); '^' and '-' mean
/// something only
///          inside brackets, and there is no bracket left.
std::string escape_glob(std::string_view text);

}  // namespace rcache
