#pragma once

#include <string>

#include "stampede/advice.h"

namespace rcache::stampede {

/// Why it works: "one load for each key at a time, whatever the rate".
std::string why(const Proof& proof, const Advice& advice);

/// Why it is not recommended.
std::string why_not(const Refusal& refusal, const Advice& advice);

}  // namespace rcache::stampede
