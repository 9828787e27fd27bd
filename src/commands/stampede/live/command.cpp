#include "commands/stampede/live/command.h"
#include "commands/text_look.h"

#include <CLI/Option.hpp>
#include <algorithm>
#include <random>

#include "commands/flags.h"
#include "commands/stampede/flags.h"
#include "commands/stampede/live/laboratory.h"
#include "commands/stampede/live/text.h"
#include "commands/stampede/output.h"
#include "commands/stampede/values.h"
#include "stampede/presets.h"

namespace rcache::stampede {
namespace {

/// What was typed behind `rcache stampede live`.
struct LiveOptions {
  Format format = Format::text;
  ScenarioFlags scenario;
  Yes yes;
  std::string html;
  Nanos max_time = 600 * k_second;
};

/// The classic incident at a size that fits into seconds: three expiries.
Scenario usual_scenario() {
  Scenario scenario = preset_named("one-hot-key")->scenario;
  scenario.ttl = 2 * k_second;
  scenario.stale = 2 * k_second;
  scenario.duration = 6'500 * k_millisecond;
  return scenario;
}

/// Where a live run differs from a simulation, help says so.
void adapt_help(CLI::App& app) {
  const std::pair<const char*, const char*> words[] = {
      {"--ttl", "Time to live of a value (2s)"},
      {"--stale", "How long swr keeps a value past its TTL (2s)"},
      {"--duration", "How long each strategy is measured (6.5s)"},
      {"--clients", "Instead: a closed loop of N clients, at most 10000"},
      {"--keys", "Keys that are asked for, at most 100000 (1)"},
      {"--rtt", "Only simulate takes it: here it is the server's own"},
      {"--runs", "Only simulate takes it: here each strategy is measured once"},
      {"--max-in-flight", "More requests under way: unstable, and stopped (10000)"}};
  for (const auto& [flag, text] : words) app.get_option(flag)->description(text);
}

/// What only a simulation can do.
Result<void> check_flags(const ScenarioFlags& flags, const Plan& plan) {
  const auto sets_rtt = [](const auto& typed) { return typed.first->name == "rtt"; };
  if (std::any_of(flags.typed.begin(), flags.typed.end(), sets_rtt)) {
    return fail(ErrorKind::usage, "--rtt: a live run has the server's own round trip",
                "simulate takes any");
  }
  if (plan.runs > 1) {
    return fail(ErrorKind::usage, "--runs: a live run measures each strategy once",
                "simulate repeats with other seeds; or run it again");
  }
  return {};
}

Result<void> write_findings(Output& output, const Report& report, Format format) {
  if (auto written = write_report(output, report, format); !written) return written;
  if (format != Format::text || output.pipe_closed()) return {};
  auto written = output.write(live::live_text(report, text_look(output.look())));
  if (!written && !output.pipe_closed()) return written;
  return {};
}

asio::awaitable<Result<Outcome>> run_live(Context& context, LiveOptions options) {
  auto plan = plan_of(options.scenario, usual_scenario());
  if (!plan) co_return fail(std::move(plan).error());
  if (auto fit = check_flags(options.scenario, *plan); !fit) co_return fail(std::move(fit).error());
  live::Order order;
  order.scenario = plan->scenario;
  order.strategies = plan->strategies;
  order.max_time = options.max_time;
  order.yes = options.yes.value();
  order.random = std::uint64_t{std::random_device{}()} << 32U | std::random_device{}();
  auto findings = co_await live::examine(context, std::move(order));
  if (!findings) co_return fail(std::move(findings).error());
  const auto& report = findings->report;
  if (!report.strategies.empty()) {
    if (auto written = write_findings(context.output, report, options.format); !written)
      co_return fail(std::move(written).error());
    if (auto written = write_page(options.html, report); !written)
      co_return fail(std::move(written).error());
  }
  if (findings->failure) co_return fail(*findings->failure);
  const bool failed = plan->fail_above && above(report, *plan->fail_above);
  co_return failed ? Outcome::findings : Outcome::done;
}

}  // namespace

Command add_live(CLI::App& stampede) {
  auto* app =
      stampede.add_subcommand("live", "Compare strategies with real clients against a real server");
  auto options = std::make_shared<LiveOptions>();
  app->add_option("scenario", options->scenario.file, "A scenario in TOML: flags by their names")
      ->type_name("FILE");
  add_format(*app, options->format, {Format::text, Format::json, Format::csv});
  add_scenario_flags(*app, options->scenario);
  adapt_help(*app);
  add_html(*app, options->html);
  add_yes(*app, options->yes);
  add_value(*app, "--max-time", options->max_time, parse_span, "DURATION",
            "Refuse what would take longer (10m)");
  return {app, Command::Server::needed,
          [options](Context& context) { return run_live(context, *options); }};
}

}  // namespace rcache::stampede
