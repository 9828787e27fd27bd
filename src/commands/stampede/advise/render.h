#pragma once

#include <string>

#include "commands/stampede/render.h"
#include "stampede/advice.h"

namespace rcache::stampede {

/// The advice on one screen: what to do, what the formulas say, what was tried.
std::string text(const Advice& advice, const TextOptions& options);

/// "rcache.stampede-advice/1".
std::string json(const Advice& advice);

}  // namespace rcache::stampede
