#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace rcache::trace {

/// Seconds as a trace writes them ("12", "12.345678901", "1795229574.519795") in nanoseconds,
/// exact; what stands behind the ninth digit is dropped. Empty for anything else, also for a
/// negative number and beyond 285 years.
std::optional<std::int64_t> read_seconds(std::string_view text);

/// A whole number of at most 18 digits.
std::optional<std::int64_t> read_whole(std::string_view text);

}  // namespace rcache::trace
