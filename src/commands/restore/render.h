#pragma once

#include <string>

#include "commands/restore/report.h"
#include "render/style.h"

namespace rcache::restore {

using render::TextLook;

/// The report for a person: one line of verdict, then only what is not as it should be.
std::string text(const RestoreReport& report, const TextLook& look);

/// The document "rcache.restore/1".
std::string json(const RestoreReport& report);

}  // namespace rcache::restore
