#pragma once

#include "render/json.h"
#include "stampede/recording.h"

namespace rcache::stampede {

/// The "trace" of a replay.
render::Json recorded_json(const Recorded& recorded);

/// The load times that it tells of; null when it does not.
render::Json loads_json(const std::optional<Recorded::Loads>& loads);

}  // namespace rcache::stampede
