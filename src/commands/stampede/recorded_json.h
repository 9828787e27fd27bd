#pragma once

#include "render/json.h"
#include "stampede/recording.h"

namespace rcache::stampede {

/// The "trace" of a replay.
render::Json recorded_json(const Recorded& recorded);

}  // namespace rcache::stampede
