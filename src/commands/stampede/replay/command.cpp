#include "commands/stampede/replay/command.h"

#include <CLI/Option.hpp>
#include <atomic>

#include "commands/flags.h"
#include "commands/stampede/flags.h"
#include "commands/stampede/output.h"
#include "commands/stampede/replay/flags.h"
#include "commands/stampede/replay/preparation.h"
#include "commands/stampede/running.h"
#include "redis/worker.h"
#include "stampede/presets.h"
#include "stampede/simulate.h"
#include "trace/trace.h"

namespace rcache::stampede {
namespace {

/// What was typed behind `rcache stampede replay`.
struct ReplayOptions {
  std::string trace;
  std::optional<trace::TraceFormat> format;
  std::optional<Glob> match;
  bool strict = false;
  bool keep_polls = false;
  ScenarioFlags scenario;
  RunOptions run;
};

/// Reads, prepares and simulates.
Result<Report> replay(const ReplayOptions& options, Plan plan, const std::atomic<bool>& stop) {
  trace::ReadOptions reading;
  reading.format = options.format;
  reading.strict = options.strict;
  reading.match = options.match;
  reading.seed = plan.scenario.seed;
  reading.stop = &stop;
  auto read = trace::read_trace(options.trace, std::move(reading));
  if (!read) return fail(std::move(read).error());
  const auto how = preparation_of(options.scenario, plan.scenario, options.keep_polls);
  auto prepared = prepare(std::move(*read), how, plan.scenario);
  if (!prepared) return fail(std::move(prepared).error());
  if (auto checked = check(plan.scenario); !checked) return fail(std::move(checked).error());
  Job job;
  job.scenario = std::move(plan.scenario);
  job.strategies = std::move(plan.strategies);
  job.runs = plan.runs;
  job.threads = options.run.threads_or_all();
  job.stop = &stop;
  const auto arrivals = prepared->arrivals;
  auto report = simulate(
      job, [arrivals](std::uint64_t) { return std::make_unique<RecordedArrivals>(arrivals); });
  report.mode = Report::Mode::replay;
  report.simulated_seconds = prepared->facts.seconds;
  report.recorded = std::move(prepared->facts);
  report.recorded->name = options.trace == "-" ? "stdin" : options.trace;
  return report;
}

/// On a thread of its own, so that a signal can end it.
asio::awaitable<Result<Report>> replay_aside(Context& context, ReplayOptions options, Plan plan) {
  std::atomic<bool> stop{false};
  const auto token = context.interrupt.listen([&stop] { stop = true; });
  redis::Worker worker;
  std::function<Result<Report>()> work = [&] { return replay(options, plan, stop); };
  auto report = co_await worker.run(std::move(work));
  context.interrupt.ignore(token);
  if (context.interrupt.requested()) co_return fail(ErrorKind::interrupted, "interrupted");
  co_return report;
}

asio::awaitable<Result<Outcome>> run_replay(Context& context, ReplayOptions options) {
  if (auto checked = check_traced(options.scenario); !checked)
    co_return fail(std::move(checked).error());
  auto plan = plan_of(options.scenario, preset_named("one-hot-key")->scenario);
  if (!plan) co_return fail(std::move(plan).error());
  const auto fail_above = plan->fail_above;
  const auto begin = context.clock.now();
  auto report = co_await replay_aside(context, options, std::move(*plan));
  if (!report) co_return fail(std::move(report).error());
  if (options.run.timing) add_timing(*report, context.clock.now() - begin);
  if (auto written = write_report(context.output, *report, options.run.format); !written)
    co_return fail(std::move(written).error());
  if (auto written = write_page(options.run.html, *report); !written)
    co_return fail(std::move(written).error());
  const bool failed = fail_above && above(*report, *fail_above);
  co_return failed ? Outcome::findings : Outcome::done;
}

}  // namespace

Command add_replay(CLI::App& stampede) {
  auto* app = stampede.add_subcommand(
      "replay", "Compare strategies under recorded traffic, without any server");
  auto options = std::make_shared<ReplayOptions>();
  app->add_option("trace", options->trace,
                  "A file of `rcache record`, MONITOR's text, CSV, NDJSON, Twitter's CSV or "
                  "libCacheSim's oracleGeneral; - is stdin")
      ->type_name("FILE")
      ->required();
  add_value(*app, "--match", options->match, Glob::parse, "GLOB", "Only the keys that match");
  add_trace_flags(*app, options->format, options->strict, options->keep_polls);
  add_scenario_flags(*app, options->scenario);
  add_run_flags(*app, options->run);
  return {app, Command::Server::not_needed,
          [options](Context& context) { return run_replay(context, *options); }};
}

}  // namespace rcache::stampede
