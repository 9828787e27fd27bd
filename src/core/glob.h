#pragma once

#include <bitset>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"

namespace rcache {

/// A Redis glob, ready to be matched: byte for byte what the server's own matcher says.
///
/// `*` any bytes, `?` one byte, `[abc]`, `[a-z]` and `[^a]` one byte of a class, `\x` the byte x.
/// No braces, no `[!a]`. Ranges compare signed bytes, an unclosed class ends with the pattern, and
/// `]` right behind `[` ends the class: all as the server does it.
/// Source: https://github.com/redis/redis/blob/7.0/src/util.c (stringmatchlen)
class Glob {
 public:
  /// Takes a pattern that the server will understand the same way.
  ///
  /// Errors:  usage, without the flag's name: longer than 1 KiB or more than 64 stars (a server
  ///          silently matches nothing from 1,000 on, or takes exponential time), or empty.
  static Result<Glob> parse(std::string_view pattern);

  /// Cost:    linear in key and pattern for each star (the last star alone is tried again), never
  ///          exponential.
  bool matches(std::string_view key) const;

  const std::string& text() const { return text_; }

  /// True when it is made of stars and at most a few question marks: it matches every key, or
  /// nearly so.
  bool matches_everything() const;

  /// The bytes that every match begins with; escapes are resolved.
  const std::string& literal_prefix() const { return literal_prefix_; }

  /// The one key that it matches, when there is nothing special in it.
  std::optional<std::string> literal() const;

  /// The hash tag that every match has, when it stands before anything special: "org1" of
  /// "cache:{org1}:*". Then all matches are in one slot of a cluster.
  /// Source: https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/ (hash tags)
  std::optional<std::string> hash_tag() const;

  /// A doubt worth a line to the user: "[!a] does not negate ..." or "{a,b} is not ..." or a range
  /// that crosses byte 0x80; empty when there is none.
  std::string doubt() const;

 private:
  /// What may stand at one place of a key: any bytes, or one of these.
  struct Place {
    bool star = false;
    std::bitset<256> bytes;
  };

  std::string text_;
  std::string literal_prefix_;
  std::vector<Place> places_;  ///< behind the literal prefix
};

}  // namespace rcache
