#include "core/units.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "core/info.h"
#include "core/key.h"

namespace rcache {
namespace {

struct Unit {
  std::string_view name;
  double factor;
};

struct Quantity {
  double value = 0;
  std::string_view unit;
};

constexpr std::size_t k_quoted_bytes = 60;  // of what the user typed, in an error

// A double holds every whole number up to here: what is parsed through one stays exact.
constexpr double k_largest_exact = 9007199254740992.0;

tl::unexpected<Error> refuse(std::string_view text, std::string_view why) {
  return fail(ErrorKind::usage, fmt::format("'{}' {}", printable(text, k_quoted_bytes), why));
}

/// A number without a sign, and what follows it.
std::optional<Quantity> parse_quantity(std::string_view text) {
  const bool starts_with_digit = !text.empty() && text[0] >= '0' && text[0] <= '9';
  if (!starts_with_digit) return std::nullopt;  // from_chars would take "-1", "inf" and "nan"
  Quantity out;
  const auto* end = text.data() + text.size();
  // Without an exponent, or "1e5s" would be a duration.
  const auto [rest, problem] =
      std::from_chars(text.data(), end, out.value, std::chars_format::fixed);
  if (problem != std::errc{}) return std::nullopt;
  out.unit = std::string_view(rest, static_cast<std::size_t>(end - rest));
  return out;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& letter : out) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
  return out;
}

template <std::size_t N>
std::optional<double> factor_of(std::string_view name, const Unit (&units)[N]) {
  for (const auto& unit : units) {
    if (unit.name == name) return unit.factor;
  }
  return std::nullopt;
}

constexpr Unit k_durations[] = {{"", 1000},        {"ms", 1},        {"s", 1000},
                                {"m", 60'000},     {"h", 3'600'000}, {"d", 86'400'000},
                                {"w", 604'800'000}};
constexpr double k_longest_ms = 36'500 * 86'400'000.0;

constexpr Unit k_sizes[] = {{"", 1},         {"b", 1},       {"k", 1e3},      {"m", 1e6},
                            {"g", 1e9},      {"t", 1e12},    {"kb", 0x1p10},  {"mb", 0x1p20},
                            {"gb", 0x1p30},  {"tb", 0x1p40}, {"kib", 0x1p10}, {"mib", 0x1p20},
                            {"gib", 0x1p30}, {"tib", 0x1p40}};

constexpr Unit k_rates[] = {
    {"", 1}, {"/s", 1}, {"/m", 1.0 / 60}, {"/h", 1.0 / 3600}, {"/d", 1.0 / 86400}};

}  // namespace

Result<std::chrono::milliseconds> parse_duration(std::string_view text) {
  const auto quantity = parse_quantity(text);
  const auto factor = quantity ? factor_of(quantity->unit, k_durations) : std::nullopt;
  if (!factor) return refuse(text, "is not a duration (try 90s, 15m, 24h or 7d)");
  const double ms = std::round(quantity->value * *factor);
  if (ms > k_longest_ms) return refuse(text, "is too long a duration (at most 36500d)");
  if (ms < 1 && quantity->value > 0) return refuse(text, "is too short a duration (at least 1ms)");
  return std::chrono::milliseconds(static_cast<std::int64_t>(ms));
}

Result<std::int64_t> parse_size(std::string_view text) {
  const auto quantity = parse_quantity(text);
  const auto factor = quantity ? factor_of(lower(quantity->unit), k_sizes) : std::nullopt;
  if (!factor) return refuse(text, "is not a size (try 512, 64mb or 1GiB)");
  const double bytes = std::round(quantity->value * *factor);
  if (bytes > k_largest_exact) return refuse(text, "is too large a size (at most 8192tb)");
  return static_cast<std::int64_t>(bytes);
}

Result<double> parse_ratio(std::string_view text) {
  const auto quantity = parse_quantity(text);
  if (!quantity || (quantity->unit != "" && quantity->unit != "%")) {
    return refuse(text, "is not a ratio (try 0.8 or 80%)");
  }
  const double ratio = quantity->unit == "%" ? quantity->value / 100 : quantity->value;
  if (ratio > 1) return refuse(text, "is more than the whole (a ratio is 0 to 1, or 0% to 100%)");
  return ratio;
}

Result<double> parse_rate(std::string_view text) {
  const auto quantity = parse_quantity(text);
  const auto factor = quantity ? factor_of(quantity->unit, k_rates) : std::nullopt;
  if (!factor) return refuse(text, "is not a rate (try 0/s, 5/s or 120/m)");
  return quantity->value * *factor;
}

Result<std::uint16_t> parse_port(std::string_view text) {
  const auto number = parse_integer(text);
  if (!number || *number < 1 || *number > 65535) return refuse(text, "is not a port (1 to 65535)");
  return static_cast<std::uint16_t>(*number);
}

Result<std::int64_t> parse_count(std::string_view text) {
  const auto number = parse_integer(text);
  if (!number || *number < 0) return refuse(text, "is not a count (a whole number, 0 or more)");
  return *number;
}

std::string format_bytes(std::int64_t bytes) {
  constexpr std::string_view k_units[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  if (bytes > -1024 && bytes < 1024) return fmt::format("{} B", bytes);
  double value = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  // 1023.95 would be rounded to "1024.0 KiB".
  while (std::abs(value) >= 1023.95 && unit + 1 < std::size(k_units)) {
    value /= 1024;
    ++unit;
  }
  return fmt::format("{:.1f} {}", value, k_units[unit]);
}

std::string format_duration(std::chrono::milliseconds duration) {
  const auto ms = duration.count();
  if (ms == 0) return "0s";
  if (ms < 0)
    return fmt::format("-{}",
                       format_duration(std::chrono::milliseconds(-std::max(ms, -INT64_MAX))));
  if (ms < 1000) return fmt::format("{} ms", ms);
  if (ms < 10'000 && ms % 1000 >= 100) return fmt::format("{}.{}s", ms / 1000, ms % 1000 / 100);
  const auto seconds = ms / 1000;
  const auto two = [](std::int64_t large, char unit, std::int64_t small, char part) {
    return small == 0 ? fmt::format("{}{}", large, unit)
                      : fmt::format("{}{} {}{}", large, unit, small, part);
  };
  if (seconds < 60) return fmt::format("{}s", seconds);
  if (seconds < 3600) return two(seconds / 60, 'm', seconds % 60, 's');
  if (seconds < 86400) return two(seconds / 3600, 'h', seconds % 3600 / 60, 'm');
  return two(seconds / 86400, 'd', seconds % 86400 / 3600, 'h');
}

std::string format_seconds(double seconds) {
  const double ms = std::clamp(std::round(seconds * 1000), -k_largest_exact, k_largest_exact);
  return format_duration(std::chrono::milliseconds(static_cast<std::int64_t>(ms)));
}

std::string with_separators(std::string digits) {
  const std::size_t first = digits.starts_with('-') ? 1 : 0;
  for (std::size_t at = digits.size(); at > first + 3;) {
    at -= 3;
    digits.insert(at, 1, ',');
  }
  return digits;
}

std::string counted(std::uint64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", format_count(count), noun, count == 1 ? "" : "s");
}

std::string format_rounded(double number) {
  return format_count(std::llround(std::clamp(number, -k_largest_exact, k_largest_exact)));
}

std::string format_ratio(double ratio) {
  if (ratio > 0 && ratio < 0.0005) return "<0.1%";
  if (ratio >= 0.9995 && ratio < 1) return ">99.9%";
  return fmt::format("{:.1f}%", ratio * 100);
}

std::string format_rate(double per_second) {
  if (per_second == 0) return "0/s";
  if (per_second < 0.01) return "<0.01/s";
  if (per_second < 99.95) {
    auto digits = fmt::format("{:.{}f}", per_second, per_second < 9.995 ? 2 : 1);
    digits.erase(digits.find_last_not_of('0') + 1);
    if (digits.back() == '.') digits.pop_back();
    return digits + "/s";
  }
  return format_rounded(per_second) + "/s";
}

std::string format_utc(std::int64_t unix_ms) {
  using namespace std::chrono;
  constexpr std::int64_t k_year_10000_ms = 253'402'300'800'000;
  const auto moment = sys_time<milliseconds>(
      milliseconds(std::clamp<std::int64_t>(unix_ms, 0, k_year_10000_ms - 1)));
  const auto day = floor<days>(moment);
  const year_month_day date(day);
  const hh_mm_ss time(floor<seconds>(moment) - day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     time.hours().count(), time.minutes().count(), time.seconds().count());
}

}  // namespace rcache
