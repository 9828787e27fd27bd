#include "commands/stampede/simulate/command.h"

#include <CLI/Option.hpp>
#include <atomic>

#include "commands/stampede/flags.h"
#include "commands/stampede/output.h"
#include "commands/stampede/running.h"
#include "commands/stampede/sweep_flag.h"
#include "redis/worker.h"
#include "stampede/presets.h"
#include "stampede/simulate.h"
#include "stampede/sweep.h"

namespace rcache::stampede {
namespace {

/// What was typed behind `rcache stampede simulate`.
struct SimulateOptions {
  ScenarioFlags scenario;
  RunOptions run;
  SweepFlag sweep;
};

/// What is to be simulated, read and checked.
struct Work {
  Job job;
  std::string swept;
  SweepUnit unit = SweepUnit::number;
  std::vector<SweepValue> values;

  Report report() const {
    auto out = simulate(job, generated_arrivals(job.scenario));
    if (!values.empty()) out.sweep = simulate_sweep(job, swept, unit, values);
    return out;
  }
};

/// Runs the simulation on threads of its own, so that a signal can end it.
asio::awaitable<Report> simulate_aside(Context& context, Work work) {
  std::atomic<bool> stop{false};
  work.job.stop = &stop;
  const auto token = context.interrupt.listen([&stop] { stop = true; });
  redis::Worker worker;
  std::function<Report()> task = [&work] { return work.report(); };
  auto report = co_await worker.run(std::move(task));
  context.interrupt.ignore(token);
  co_return report;
}

asio::awaitable<Result<Outcome>> run_simulate(Context& context, SimulateOptions options) {
  auto plan = plan_of(options.scenario, preset_named("one-hot-key")->scenario);
  if (!plan) co_return fail(std::move(plan).error());
  Work work;
  auto& job = work.job;
  job.scenario = plan->scenario;
  job.strategies = plan->strategies;
  job.runs = plan->runs;
  job.threads = options.run.threads_or_all();
  if (options.sweep.parameter != nullptr) {
    auto values = values_of(options.sweep, plan->scenario);
    if (!values) co_return fail(std::move(values).error());
    work.swept = options.sweep.parameter->name;
    work.unit = options.sweep.unit;
    work.values = std::move(*values);
  }
  const auto begin = context.clock.now();
  auto report = co_await simulate_aside(context, std::move(work));
  if (context.interrupt.requested()) co_return fail(ErrorKind::interrupted, "interrupted");
  if (options.run.timing) add_timing(report, context.clock.now() - begin);
  if (auto written = write_report(context.output, report, options.run.format); !written)
    co_return fail(std::move(written).error());
  if (auto written = write_page(options.run.html, report); !written)
    co_return fail(std::move(written).error());
  const bool failed = plan->fail_above && above(report, *plan->fail_above);
  co_return failed ? Outcome::findings : Outcome::done;
}

}  // namespace

Command add_simulate(CLI::App& stampede) {
  auto* app = stampede.add_subcommand("simulate",
                                      "Compare strategies against a stampede, without any server");
  auto options = std::make_shared<SimulateOptions>();
  app->add_option("scenario", options->scenario.file, "A scenario in TOML: flags by their names")
      ->type_name("FILE");
  add_scenario_flags(*app, options->scenario);
  add_value(
      *app, "--sweep", options->sweep, parse_sweep, "NAME=FROM..TO",
      "And with each of 13 values of a parameter: jitter=0s..60s, beta=0.5..3, load-time=...");
  add_run_flags(*app, options->run);
  return {app, Command::Server::not_needed,
          [options](Context& context) { return run_simulate(context, *options); }};
}

}  // namespace rcache::stampede
