#include "core/info.h"

#include <charconv>
#include <cmath>

namespace rcache {
namespace {

/// Takes off `text` what stands before `separator`, and the separator; all of it when there is
/// none.
std::string_view take_until(std::string_view& text, char separator) {
  const auto end = text.find(separator);
  const auto part = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return part;
}

template <typename Number>
std::optional<Number> parse_whole(std::string_view text) {
  Number number{};
  const auto* end = text.data() + text.size();
  const auto [rest, problem] = std::from_chars(text.data(), end, number);
  if (problem != std::errc{} || rest != end) return std::nullopt;
  return number;
}

}  // namespace

Info::Info(std::string_view text) {
  while (!text.empty()) {
    auto line = take_until(text, '\n');
    if (line.ends_with('\r')) line.remove_suffix(1);
    const auto colon = line.find(':');
    if (line.starts_with('#') || colon == std::string_view::npos) continue;
    // The first one counts: "module:name=..." comes once for each module, nothing else twice.
    fields_.try_emplace(std::string(line.substr(0, colon)), line.substr(colon + 1));
  }
}

std::optional<std::string_view> Info::text(std::string_view field) const {
  const auto found = fields_.find(field);
  if (found == fields_.end()) return std::nullopt;
  return found->second;
}

std::optional<std::int64_t> Info::integer(std::string_view field) const {
  const auto value = text(field);
  return value ? parse_integer(*value) : std::nullopt;
}

std::optional<double> Info::real(std::string_view field) const {
  const auto value = text(field);
  return value ? parse_real(*value) : std::nullopt;
}

std::vector<std::pair<std::string_view, std::string_view>> Info::with_prefix(
    std::string_view prefix) const {
  std::vector<std::pair<std::string_view, std::string_view>> out;
  for (auto it = fields_.lower_bound(prefix); it != fields_.end(); ++it) {
    if (!it->first.starts_with(prefix)) break;
    out.emplace_back(std::string_view(it->first).substr(prefix.size()), it->second);
  }
  return out;
}

std::map<std::string_view, std::string_view> parse_info_pairs(std::string_view value) {
  std::map<std::string_view, std::string_view> out;
  while (!value.empty()) {
    auto pair = take_until(value, ',');
    const auto name = take_until(pair, '=');
    if (!name.empty()) out.try_emplace(name, pair);
  }
  return out;
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
  return parse_whole<std::int64_t>(text);
}

std::optional<double> parse_real(std::string_view text) {
  const auto number = parse_whole<double>(text);
  if (!number || !std::isfinite(*number)) return std::nullopt;
  return number;
}

}  // namespace rcache
