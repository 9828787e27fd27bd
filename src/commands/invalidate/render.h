#pragma once

#include <string>

#include "commands/invalidate/plan.h"
#include "commands/invalidate/receipt.h"
#include "render/style.h"

namespace rcache::invalidate {

using render::TextLook;

/// The plan as a person reads it before a question: target, numbers, groups, TTL classes, examples.
std::string plan_text(const Plan& plan, const TextLook& look);

/// The receipt as a person reads it.
std::string receipt_text(const Receipt& receipt, const TextLook& look);

/// The document "rcache.invalidate/1".
std::string receipt_json(const Receipt& receipt);

}  // namespace rcache::invalidate
