#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/error.h"

namespace rcache {

// What a user types. Each error is one line of kind usage that quotes the text and says what would
// do; the caller puts the flag's name before it. Nothing here depends on the locale.

/// "90s", "15m", "24h", "7d", "2w", "250ms", "1.5s" or a bare number of seconds; at most 100 years.
/// More than nothing and less than 1 ms is refused.
Result<std::chrono::milliseconds> parse_duration(std::string_view text);

/// Bytes: "512", "64mb", "1.5GiB", in any case.
///
/// Source:  redis.conf, "Note on units": 1k is 1000 bytes, 1kb is 1024. KiB, MiB... are as ever.
Result<std::int64_t> parse_size(std::string_view text);

/// "0.8" or "80%". Out: 0 to 1.
Result<double> parse_ratio(std::string_view text);

/// "5/s", "120/m", "3/h" or a bare number per second. Out: per second, 0 or more.
Result<double> parse_rate(std::string_view text);

/// 1 to 65535.
Result<std::uint16_t> parse_port(std::string_view text);

/// A whole number, 0 or more.
Result<std::int64_t> parse_count(std::string_view text);

// What a user reads.

/// "512 B", "1.2 GiB".
std::string format_bytes(std::int64_t bytes);

/// The two largest units: "250 ms", "1.5s", "45s", "1m 20s", "2d 3h". Rounded down from a minute
/// on.
std::string format_duration(std::chrono::milliseconds duration);

/// The same of seconds, however many.
std::string format_seconds(double seconds);

/// "1234567" -> "1,234,567".
std::string with_separators(std::string digits);

/// "1,234,567".
template <std::integral Count>
std::string format_count(Count count) {
  return with_separators(std::to_string(count));
}

/// "1 key", "12,345 keys".
std::string counted(std::uint64_t count, std::string_view noun);

/// The nearest whole number as "1,234,567", however large the number is.
std::string format_rounded(double number);

/// "83.1%". Only a true 0 and 1 read "0.0%" and "100.0%"; what rounds to them reads "<0.1%" and
/// ">99.9%".
std::string format_ratio(double ratio);

/// "0/s", "0.25/s", "9/s", "12.5/s", "1,234/s"; "<0.01/s" for what would round to nothing.
std::string format_rate(double per_second);

/// A moment as "2026-11-21T03:00:00Z". In: milliseconds since 1970.
///
/// Source:  RFC 3339
std::string format_utc(std::int64_t unix_ms);

}  // namespace rcache
