#include "trace/number.h"

namespace rcache::trace {

std::optional<std::int64_t> read_whole(std::string_view text) {
  if (text.empty() || text.size() > 18) return std::nullopt;
  std::int64_t number = 0;
  for (const char digit : text) {
    if (digit < '0' || digit > '9') return std::nullopt;
    number = number * 10 + (digit - '0');
  }
  return number;
}

std::optional<std::int64_t> read_seconds(std::string_view text) {
  constexpr std::int64_t k_second = 1'000'000'000;
  constexpr std::int64_t k_most_seconds = 9'000'000'000;
  const auto dot = text.find('.');
  const auto seconds = read_whole(text.substr(0, dot));
  if (!seconds || *seconds > k_most_seconds) return std::nullopt;
  if (dot == std::string_view::npos) return *seconds * k_second;
  const auto digits = text.substr(dot + 1);
  if (digits.empty()) return std::nullopt;
  std::int64_t fraction = 0;
  std::int64_t unit = k_second;
  for (const char digit : digits) {
    if (digit < '0' || digit > '9') return std::nullopt;
    unit /= 10;
    fraction += (digit - '0') * unit;
  }
  return *seconds * k_second + fraction;
}

}  // namespace rcache::trace
