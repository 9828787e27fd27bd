#pragma once

#include "render/json.h"
#include "stampede/scenario.h"

namespace rcache::stampede {

/// Every parameter, in base units.
render::Json scenario_json(const Scenario& scenario);

}  // namespace rcache::stampede
