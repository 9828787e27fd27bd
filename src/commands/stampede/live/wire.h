#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <string>

#include "stampede/time.h"

namespace rcache::stampede::live {

// Numbers and values as they travel.

inline std::string digits(std::int64_t number) {
  return fmt::format_int(number).str();
}

/// PX takes whole milliseconds, and at least one.
inline std::string milliseconds(Nanos span) {
  return digits(std::max<Nanos>(1, span / k_millisecond));
}

/// A value: how long its load took and until when it is fresh, both in microseconds.
inline std::string envelope(Nanos delta, Nanos fresh_until) {
  return fmt::format("{} {}", delta / k_microsecond, fresh_until / k_microsecond);
}

}  // namespace rcache::stampede::live
