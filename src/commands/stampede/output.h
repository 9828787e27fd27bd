#pragma once

#include "commands/command.h"
#include "commands/flags.h"
#include "commands/stampede/render.h"
#include "stampede/report.h"

namespace rcache::stampede {

/// Writes a comparison in its form: text, json or csv. A closed pipe does not change the verdict.
Result<void> write_report(Output& output, const Report& report, Format format);

/// Writes the page of --html; nothing when `path` is empty.
/// Errors:  output.
Result<void> write_page(const std::string& path, const Report& report);

/// Whether a strategy went above the limit of --fail-above in one of the runs.
bool above(const Report& report, std::uint32_t limit);

}  // namespace rcache::stampede
