#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "commands/stampede/parameters.h"
#include "stampede/sweep.h"

namespace rcache::stampede {

/// "jitter=0s..60s", read: which parameter takes which values.
struct SweepFlag {
  const Parameter* parameter = nullptr;  ///< null: nothing is swept
  SweepUnit unit = SweepUnit::number;
  std::vector<double> values;  ///< in base units
};

/// Reads NAME=FROM..TO, NAME=FROM..TO/STEPS or NAME=A,B,C.
///
/// Out:     of a range 13 values (or STEPS), at equal distances, or at equal ratios when TO is 20
///          times FROM or more.
/// Errors:  usage.
Result<SweepFlag> parse_sweep(std::string_view text);

/// A scenario for each value.
///
/// Errors:  usage, for a value that makes no sense there.
Result<std::vector<SweepValue>> values_of(const SweepFlag& sweep, const Scenario& scenario);

}  // namespace rcache::stampede
