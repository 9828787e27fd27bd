#include "commands/stampede/flags.h"

#include <fmt/format.h>

#include <CLI/Option.hpp>
#include <algorithm>

#include "commands/flags.h"
#include "commands/stampede/values.h"
#include "core/key.h"
#include "core/suggest.h"
#include "core/units.h"
#include "stampede/presets.h"

namespace rcache::stampede {
namespace {

constexpr std::int64_t k_most_runs = 1000;

Result<std::string> parse_preset(std::string_view text) {
  if (preset_named(text) != nullptr) return std::string(text);
  std::vector<std::string> known;
  for (const auto& each : presets()) known.emplace_back(each.name);
  const auto near = suggest(text, known);
  return fail(ErrorKind::usage, fmt::format("'{}' is not a preset ({})", printable(text, 60),
                                            near ? fmt::format("did you mean '{}'?", *near)
                                                 : "rcache help presets lists them"));
}

Result<std::uint32_t> parse_runs(std::string_view text) {
  const auto runs = parse_count(text);
  if (!runs) return fail(runs.error());
  if (*runs < 1 || *runs > k_most_runs)
    return fail(ErrorKind::usage,
                fmt::format("'{}' is not 1 to {}", printable(text, 60), k_most_runs));
  return static_cast<std::uint32_t>(*runs);
}

Result<std::uint32_t> parse_limit(std::string_view text) {
  const auto limit = parse_count(text);
  if (!limit) return fail(limit.error());
  return static_cast<std::uint32_t>(std::min<std::int64_t>(*limit, UINT32_MAX));
}

Result<std::uint32_t> parse_threads(std::string_view text) {
  const auto count = parse_count(text);
  if (!count) return fail(count.error());
  if (*count < 1 || *count > 256) return fail(ErrorKind::usage, "a number of threads is 1 to 256");
  return static_cast<std::uint32_t>(*count);
}

bool was_typed(const ScenarioFlags& flags, std::string_view name) {
  return std::any_of(flags.typed.begin(), flags.typed.end(),
                     [&](const auto& typed) { return typed.first->name == name; });
}

/// Flags of which one would silently undo the other.
Result<void> check_typed(const ScenarioFlags& flags) {
  if (was_typed(flags, "rate") && was_typed(flags, "clients")) {
    return fail(ErrorKind::usage, "--rate and --clients both say who asks",
                "leave one out: --clients is a closed loop, whose rate follows from --think");
  }
  if (was_typed(flags, "warm") && was_typed(flags, "cold"))
    return fail(ErrorKind::usage, "--warm and --cold both say what is cached at time 0",
                "leave one out");
  return {};
}

void add_parameter(CLI::App& app, const Parameter& parameter, ScenarioFlags& flags) {
  const auto flag = "--" + std::string(parameter.name);
  const auto take = [&flags, &parameter, flag](const std::string& text) {
    Scenario tried;
    if (const auto done = parameter.set(tried, text); !done) refuse_value(flag, done.error());
    flags.typed.emplace_back(&parameter, text);
  };
  CLI::Option* option = nullptr;
  if (parameter.type.empty()) {
    option = app.add_flag_callback(
        flag, [take] { take("true"); }, std::string(parameter.help));
  } else {
    option = app.add_option_function<std::string>(flag, take, std::string(parameter.help))
                 ->type_name(std::string(parameter.type));
  }
  option->group(std::string(parameter.group));
}

void add_start(CLI::App& app, ScenarioFlags& flags, const std::string& which) {
  add_value(app, "--preset", flags.preset, parse_preset, "NAME",
            "Start from a known failure: rcache help presets");
  add_value(app, "--strategy", flags.strategies, parse_strategies, "A,B,...|all", which);
}

}  // namespace

void add_scenario_flags(CLI::App& app, ScenarioFlags& flags) {
  add_start(app, flags, "Compare only these: rcache help strategies (all)");
  add_value(app, "--runs", flags.runs, parse_runs, "N",
            "Repeat with N seeds; shows the ranges (1)");
  add_value(app, "--fail-above", flags.fail_above, parse_limit, "N",
            "Exit 1 when the peak of a strategy of --strategy is above N loads");
  for (const auto& parameter : parameters()) add_parameter(app, parameter, flags);
}

void add_advice_flags(CLI::App& app, ScenarioFlags& flags) {
  add_start(app, flags, "Choose among these: rcache help strategies (all)");
  add_value(app, "--runs", flags.runs, parse_runs, "N",
            "Prove with N seeds; the worst of them counts (5)");
  for (const auto& parameter : parameters()) add_parameter(app, parameter, flags);
}

void add_threads(CLI::App& app, std::optional<std::uint32_t>& threads) {
  add_value(app, "--threads", threads, parse_threads, "N",
            "Use N threads; the result is the same (one for each processor)");
}

void add_html(CLI::App& app, std::string& path) {
  app.add_option("--html", path, "Also write the report as one web page, with charts")
      ->type_name("FILE");
}

void add_run_flags(CLI::App& app, RunOptions& options) {
  add_format(app, options.format, {Format::text, Format::json, Format::csv});
  add_html(app, options.html);
  app.add_flag("--timing", options.timing, "Add how long it took to the JSON");
  add_threads(app, options.threads);
}

Result<Plan> plan_of(const ScenarioFlags& flags, const Scenario& usual) {
  Plan plan;
  if (!flags.file.empty() && !flags.preset.empty()) {
    return fail(ErrorKind::usage, "--preset and a scenario file both say where to start",
                "write preset = \"...\" into the file");
  }
  if (!flags.file.empty()) {
    auto read = read_scenario(flags.file);
    if (!read) return read;
    plan = std::move(*read);
  } else {
    plan.scenario = flags.preset.empty() ? usual : preset_named(flags.preset)->scenario;
  }
  if (auto checked = check_typed(flags); !checked) return fail(std::move(checked).error());
  for (const auto& [parameter, text] : flags.typed) {
    if (auto done = parameter->set(plan.scenario, text); !done)
      return fail(std::move(done).error());
  }
  if (flags.strategies) plan.strategies = *flags.strategies;
  if (flags.runs) plan.runs = *flags.runs;
  if (flags.fail_above) plan.fail_above = flags.fail_above;
  if (plan.fail_above && plan.strategies.empty()) {
    return fail(ErrorKind::usage, "--fail-above judges the strategies that are named",
                "add --strategy with the one that your application uses");
  }
  if (plan.strategies.empty()) {
    const auto all = all_strategies();
    plan.strategies.assign(all.begin(), all.end());
  }
  if (auto checked = check(plan.scenario); !checked) return fail(std::move(checked).error());
  return plan;
}

}  // namespace rcache::stampede
