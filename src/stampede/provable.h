#pragma once

#include "stampede/outlook.h"
#include "stampede/scenario.h"

namespace rcache::stampede {

/// The scenario made long enough that all keys expire, with all the jitter that they may get, and
/// short enough to be simulated: a shorter TTL brings the same expiries more often, as long as the
/// load in between stays small.
Scenario provable(Scenario scenario, const Outlook& seen);

}  // namespace rcache::stampede
