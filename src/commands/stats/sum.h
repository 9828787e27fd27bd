#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "commands/stats/facts.h"

namespace rcache::stats {

/// The sum, empty when one of the two is unknown: a part is not the whole. Stops at the largest
/// number.
std::optional<std::int64_t> add(std::optional<std::int64_t> a, std::optional<std::int64_t> b);
std::optional<double> add(std::optional<double> a, std::optional<double> b);

/// The facts of several nodes as those of one cache.
///
/// Out:     counters, sizes and rates are summed; the hit ratio is Σhits / (Σhits + Σmisses), the
///          fragmentation Σrss / Σused, the uptime that of the youngest; percentiles are the
///          largest; words that differ are "mixed". One node: its own facts.
Facts sum_of(const std::vector<NodeStats>& nodes);

}  // namespace rcache::stats
