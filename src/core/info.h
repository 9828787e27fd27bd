#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rcache {

/// The reply of INFO as fields by whole name: "used_memory" is never found in "used_memory_rss".
///
/// A field that is missing or not a number is empty, not an error: managed services leave fields
/// out, and the command decides what it cannot do without.
/// Source: https://redis.io/docs/latest/commands/info/
class Info {
 public:
  Info() = default;
  /// In: the whole bulk string: "field:value\r\n" lines and '#' headings. Other lines are skipped.
  explicit Info(std::string_view text);

  bool empty() const { return fields_.empty(); }
  std::optional<std::string_view> text(std::string_view field) const;
  std::optional<std::int64_t> integer(std::string_view field) const;
  std::optional<double> real(std::string_view field) const;

  /// The fields that begin with `prefix`, without it, sorted by name: "cmdstat_" gives {"get",
  /// "calls=..."}.
  std::vector<std::pair<std::string_view, std::string_view>> with_prefix(
      std::string_view prefix) const;

 private:
  std::map<std::string, std::string, std::less<>> fields_;
};

/// The parts of a value such as "keys=3,expires=1,avg_ttl=0".
std::map<std::string_view, std::string_view> parse_info_pairs(std::string_view value);

/// A whole number in base 10 and nothing else; empty otherwise.
std::optional<std::int64_t> parse_integer(std::string_view text);

/// A finite decimal number and nothing else; empty otherwise.
std::optional<double> parse_real(std::string_view text);

}  // namespace rcache
