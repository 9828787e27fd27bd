#pragma once

#include <CLI/App.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "commands/stampede/parameters.h"
#include "commands/stampede/running.h"
#include "commands/stampede/scenario_file.h"

namespace rcache::stampede {

/// What was typed of a scenario, in the order of the command line.
struct ScenarioFlags {
  std::string file;
  std::string preset;
  std::vector<std::pair<const Parameter*, std::string>> typed;
  std::optional<std::vector<Strategy>> strategies;
  std::optional<std::uint32_t> runs;
  std::optional<std::uint32_t> fail_above;
};

/// Adds --preset, --strategy, --runs, --fail-above and a flag for each parameter. The scenario file
/// is an argument, and each command's own.
void add_scenario_flags(CLI::App& app, ScenarioFlags& flags);
/// The same without --fail-above: advice has its own verdict.
void add_advice_flags(CLI::App& app, ScenarioFlags& flags);

/// Adds --html.
void add_html(CLI::App& app, std::string& path);

/// Adds --threads.
void add_threads(CLI::App& app, std::optional<std::uint32_t>& threads);

/// Adds -o, --timing and --threads.
void add_run_flags(CLI::App& app, RunOptions& options);

/// The file or the preset, then the flags over it, and checked.
///
/// In:      `usual`, the scenario without a file and a preset.
/// Out:     `strategies` is never empty.
/// Errors:  usage.
Result<Plan> plan_of(const ScenarioFlags& flags, const Scenario& usual);

}  // namespace rcache::stampede
