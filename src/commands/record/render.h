#pragma once

#include <string>

#include "commands/record/report.h"
#include "render/style.h"

namespace rcache::record {

using render::TextLook;

/// The report for a person.
std::string text(const RecordReport& report, const TextLook& look);

/// The document "rcache.record/1".
std::string json(const RecordReport& report);

}  // namespace rcache::record
