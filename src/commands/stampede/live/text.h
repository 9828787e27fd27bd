#pragma once

#include <string>

#include "commands/stampede/render.h"

namespace rcache::stampede::live {

/// What a live run adds below the comparison: where it ran, and what the simulator expected.
///
/// In:      a report with `live`.
std::string live_text(const Report& report, const TextOptions& options);

/// Whether what was measured lies within what was expected, give or take two loads or a quarter:
/// five seeds do not show everything.
bool agrees(const StrategyReport& row);

}  // namespace rcache::stampede::live
