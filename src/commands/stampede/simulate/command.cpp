#include "commands/stampede/simulate/command.h"

#include <CLI/Option.hpp>
#include <algorithm>
#include <atomic>
#include <thread>

#include "commands/flags.h"
#include "commands/stampede/flags.h"
#include "commands/stampede/output.h"
#include "core/units.h"
#include "redis/worker.h"
#include "stampede/simulate.h"

namespace rcache::stampede {
namespace {

/// What was typed behind `rcache stampede simulate`.
struct Options {
  Format format = Format::text;
  ScenarioFlags scenario;
  std::optional<std::uint32_t> threads;
  bool timing = false;
};

void add_timing(Report& report, std::chrono::duration<double> elapsed) {
  std::uint64_t requests = 0;
  for (const auto& row : report.strategies) requests += row.requests;
  report.elapsed_seconds = elapsed.count();
  if (elapsed.count() > 0) {
    report.simulated_requests_per_second =
        static_cast<double>(requests) * report.runs / elapsed.count();
  }
}

/// Runs the simulation on threads of its own, so that a signal can end it.
asio::awaitable<Report> simulate_aside(Context& context, Job job) {
  std::atomic<bool> stop{false};
  job.stop = &stop;
  const auto token = context.interrupt.listen([&stop] { stop = true; });
  const auto source = generated_arrivals(job.scenario);
  redis::Worker worker;
  std::function<Report()> work = [&job, &source] { return simulate(job, source); };
  auto report = co_await worker.run(std::move(work));
  context.interrupt.ignore(token);
  co_return report;
}

asio::awaitable<Result<Outcome>> run_simulate(Context& context, Options options) {
  auto plan = plan_of(options.scenario);
  if (!plan) co_return fail(std::move(plan).error());
  Job job;
  job.scenario = plan->scenario;
  job.strategies = plan->strategies;
  job.runs = plan->runs;
  job.threads = options.threads.value_or(std::max(1U, std::thread::hardware_concurrency()));
  const auto begin = context.clock.now();
  auto report = co_await simulate_aside(context, std::move(job));
  if (context.interrupt.requested()) co_return fail(ErrorKind::interrupted, "interrupted");
  if (options.timing) add_timing(report, context.clock.now() - begin);
  if (auto written = write_report(context.output, report, options.format); !written)
    co_return fail(std::move(written).error());
  const bool failed = plan->fail_above && above(report, *plan->fail_above);
  co_return failed ? Outcome::findings : Outcome::done;
}

Result<std::uint32_t> parse_threads(std::string_view text) {
  const auto count = parse_count(text);
  if (!count) return fail(count.error());
  if (*count < 1 || *count > 256) return fail(ErrorKind::usage, "a number of threads is 1 to 256");
  return static_cast<std::uint32_t>(*count);
}

}  // namespace

Command add_simulate(CLI::App& stampede) {
  auto* app = stampede.add_subcommand("simulate",
                                      "Compare strategies against a stampede, without any server");
  auto options = std::make_shared<Options>();
  app->add_option("scenario", options->scenario.file, "A scenario in TOML: flags by their names")
      ->type_name("FILE");
  add_format(*app, options->format, {Format::text, Format::json, Format::csv});
  add_scenario_flags(*app, options->scenario);
  app->add_flag("--timing", options->timing, "Add how long it took to the JSON");
  add_value(*app, "--threads", options->threads, parse_threads, "N",
            "Use N threads; the result is the same (one for each processor)");
  return {app, Command::Server::not_needed,
          [options](Context& context) { return run_simulate(context, *options); }};
}

}  // namespace rcache::stampede
