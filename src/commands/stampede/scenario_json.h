#pragma once

#include "render/json.h"
#include "stampede/report.h"
#include "stampede/scenario.h"

namespace rcache::stampede {

/// Every parameter, in base units.
render::Json scenario_json(const Scenario& scenario);

/// [low, high], over the seeds.
render::Json range_json(const Range& range);

}  // namespace rcache::stampede
