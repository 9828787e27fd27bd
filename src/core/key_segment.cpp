#include "core/key_segment.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace rcache {
namespace {

constexpr std::size_t k_longest_word = 128;  // bytes; nobody names a thing like that
constexpr std::size_t k_least_hash = 8;      // hex digits: a CRC32
constexpr std::size_t k_least_random = 16;   // bytes of a random id; shorter ones come in numbers

enum Kind : std::uint8_t { k_mark = 0, k_digit = 1, k_lower = 2, k_upper = 4, k_at = 8 };

// A table, as every byte of every key is looked up. What is not ASCII counts as a small letter.
constexpr auto k_kinds = [] {
  std::array<std::uint8_t, 256> kinds{};
  for (unsigned byte = 0; byte < kinds.size(); ++byte) {
    if (byte >= '0' && byte <= '9') kinds[byte] = k_digit;
    if (byte >= 'a' && byte <= 'z') kinds[byte] = k_lower;
    if (byte >= 'A' && byte <= 'Z') kinds[byte] = k_upper;
    if (byte < ' ' || byte > '~') kinds[byte] = k_lower;
  }
  kinds['@'] = k_at;
  return kinds;
}();

std::uint8_t kind_of(char byte) {
  return k_kinds[static_cast<unsigned char>(byte)];
}

bool is_digit(char byte) {
  return kind_of(byte) == k_digit;
}

bool is_alphanumeric(char byte) {
  return (kind_of(byte) & (k_digit | k_lower | k_upper)) != 0;
}

bool is_hex(char byte) {
  return is_digit(byte) || (byte >= 'a' && byte <= 'f') || (byte >= 'A' && byte <= 'F');
}

/// "a@b.c"
bool is_email(std::string_view segment) {
  const auto at = segment.find('@');
  if (at == 0 || at == std::string_view::npos) return false;
  const auto dot = segment.find('.', at + 2);
  return dot != std::string_view::npos && dot + 1 < segment.size();
}

/// "20261121T030000Z", "2026-W47" and, of a time cut at its colons, "00Z".
bool is_time(std::string_view segment) {
  if (segment.size() < 2 || !is_digit(segment[0]) || !is_digit(segment[1])) return false;
  return std::ranges::all_of(segment, [](char byte) {
    return !is_alphanumeric(byte) || is_digit(byte) || byte == 'T' || byte == 'Z' || byte == 'W';
  });
}

/// Whether there are eight hex digits or more between two marks, one of them 0 to 9: a hash, a UUID
/// or a long number, also behind a word ("sess_0cc175b9c0f1b6a8").
bool has_hash(std::string_view segment) {
  const auto is_hash = [](std::string_view run) {
    return run.size() >= k_least_hash && std::ranges::all_of(run, is_hex) &&
           std::ranges::any_of(run, is_digit);
  };
  while (!segment.empty()) {
    const auto* const end = std::ranges::find_if_not(segment, is_alphanumeric);
    const auto size = static_cast<std::size_t>(end - segment.begin());
    if (is_hash(segment.substr(0, size))) return true;
    segment.remove_prefix(std::min(size + 1, segment.size()));
  }
  return false;
}

/// Whether small letters, capitals and digits alternate as they do in ULID, nanoid and base64:
/// every fourth byte or oftener. Words in camel case do so less often, as a capital with small
/// letters behind it is no change.
bool is_random(std::string_view segment) {
  if (segment.size() < k_least_random) return false;
  if (std::ranges::count_if(segment, is_digit) < 2) return false;
  std::size_t changes = 0;
  for (std::size_t i = 1; i < segment.size(); ++i) {
    const auto before = kind_of(segment[i - 1]);
    const auto kind = kind_of(segment[i]);
    if (before == kind || !is_alphanumeric(segment[i - 1]) || !is_alphanumeric(segment[i]))
      continue;
    if (before == k_upper && kind == k_lower) continue;
    ++changes;
  }
  return changes * 4 >= segment.size();
}

}  // namespace

bool is_variable_segment(std::string_view segment) {
  if (segment.size() > k_longest_word) return true;
  unsigned kinds = 0;
  for (const char byte : segment) kinds |= kind_of(byte);
  if ((kinds & k_at) != 0 && is_email(segment)) return true;
  if ((kinds & k_digit) == 0) return false;
  // Digits and marks: 17, -3.5, 10.0.0.1, 2026-11-21, {42}.
  if ((kinds & (k_lower | k_upper)) == 0) return true;
  return is_time(segment) || has_hash(segment) || is_random(segment);
}

}  // namespace rcache
