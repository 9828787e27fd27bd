#pragma once

#include <CLI/App.hpp>
#include <optional>

#include "commands/stampede/flags.h"
#include "commands/stampede/replay/preparation.h"
#include "trace/trace.h"

namespace rcache::stampede {

/// Adds --format, --strict and --keep-polls.
void add_trace_flags(CLI::App& app, std::optional<trace::TraceFormat>& format, bool& strict,
                     bool& keep_polls);

/// Who asks for what, and when, is what the trace says.
/// Errors:  usage, for a flag that says it too.
Result<void> check_traced(const ScenarioFlags& flags);

/// In:      the scenario that the flags make.
Preparation preparation_of(const ScenarioFlags& flags, const Scenario& scenario, bool keep_polls);

}  // namespace rcache::stampede
