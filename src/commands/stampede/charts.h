#pragma once

#include <string>

#include "stampede/report.h"

namespace rcache::stampede {

// Charts of one strategy each, as elements of SVG; those of one report have the same scales.

/// Loads under way over time, and the slots.
std::string loads_chart(const Report& report, const StrategyReport& row);
/// Latency by percentile: as much room for 99 % to 99.9 % as for 90 % to 99 %.
std::string latency_chart(const Report& report, const StrategyReport& row);
/// The same of the age of stale answers.
std::string stale_chart(const Report& report, const StrategyReport& row);
/// How often a stampede had how many loads, and what the closed form expects.
std::string size_chart(const Report& report, const StrategyReport& row);
/// Peak by the value of the parameter that is swept.
std::string sweep_chart(const Sweep& sweep, Strategy strategy);

}  // namespace rcache::stampede
