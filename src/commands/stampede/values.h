#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "stampede/scenario.h"
#include "stampede/strategy.h"

namespace rcache::stampede {

// What a user types. Errors are of kind usage, as in core/units.h.

/// A duration as everywhere, and also "500us", "0.5ms".
Result<Nanos> parse_span(std::string_view text);

/// "50ms", "exp:50ms", "uniform:50ms..300ms", "lognormal:80ms,0.5" (median, sigma).
Result<LoadTime> parse_load_time(std::string_view text);

/// "fifo", "shared" or "unlimited".
Result<DatabaseModel> parse_database_model(std::string_view text);

/// "none,swr-lock" or "all".
Result<std::vector<Strategy>> parse_strategies(std::string_view text);

/// A finite number, 0 or more.
Result<double> parse_number(std::string_view text);

// What a user reads.

/// "500 us", "2.5 ms", "102 ms", "16s".
std::string format_span(double seconds);
std::string format_span(Nanos span);

/// "0.002", "3.4", "120": enough to compare with a number of slots.
std::string small_number(double number);

/// As it could be typed: "exp:50ms".
std::string to_string(const LoadTime& load_time);
std::string_view to_string(DatabaseModel model);

}  // namespace rcache::stampede
