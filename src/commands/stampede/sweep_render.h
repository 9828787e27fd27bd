#pragma once

#include <string>

#include "commands/stampede/render.h"
#include "render/json.h"
#include "stampede/report.h"

namespace rcache::stampede {

/// "within the slots up to 75 ms", "always", "never", "at 3 of 13 values".
std::string cliff_words(const Sweep& sweep, Strategy strategy);

/// A row per strategy: its peak over the values, and where it breaks.
std::string sweep_text(const Report& report, const TextOptions& options);
render::Json sweep_json(const Sweep& sweep);
/// A row per value and strategy.
std::string sweep_csv(const Sweep& sweep);

}  // namespace rcache::stampede
