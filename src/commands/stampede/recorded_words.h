#pragma once

#include <string>
#include <vector>

#include "stampede/recording.h"
#include "stampede/scenario.h"

namespace rcache::stampede {

/// "access.rct: 12,345 reads of 678 keys in 30s, 411/s"
std::string recorded_title(const Recorded& recorded);

/// How long loads took, or what is assumed of them; nothing when --load-time was typed.
std::string recorded_loads(const Recorded& recorded, const Scenario& scenario);

/// What the trace says, what it does not say, and what was made of it, a line each.
std::vector<std::string> recorded_setting(const Recorded& recorded, const Scenario& scenario);

}  // namespace rcache::stampede
