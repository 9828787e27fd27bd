#pragma once

#include <cstdint>

namespace rcache::stampede {

/// Simulated time, and spans of it: whole nanoseconds, so that sums are exact on every machine.
using Nanos = std::int64_t;

constexpr Nanos k_microsecond = 1'000;
constexpr Nanos k_millisecond = 1'000'000;
constexpr Nanos k_second = 1'000'000'000;
constexpr Nanos k_never = INT64_MAX;
/// After any run, and still something can be added to it: a hundred years.
constexpr Nanos k_beyond = Nanos{100} * 365 * 86'400 * k_second;

constexpr double seconds(Nanos span) {
  return static_cast<double>(span) / 1e9;
}

/// The nearest whole number of nanoseconds.
///
/// In:      0 to about 9e9 seconds.
constexpr Nanos from_seconds(double span) {
  return static_cast<Nanos>(span * 1e9 + 0.5);
}

}  // namespace rcache::stampede
