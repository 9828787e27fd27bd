#include "commands/stampede/advise/command.h"

#include <CLI/Option.hpp>
#include <algorithm>
#include <atomic>
#include <thread>

#include "commands/flags.h"
#include "commands/stampede/advise/render.h"
#include "commands/stampede/flags.h"
#include "commands/stampede/output.h"
#include "commands/stampede/values.h"
#include "redis/worker.h"
#include "stampede/advice.h"
#include "stampede/presets.h"

namespace rcache::stampede {
namespace {

constexpr std::uint32_t k_runs = 5;

/// What was typed behind `rcache stampede advise`.
struct Options {
  Format format = Format::text;
  ScenarioFlags scenario;
  std::optional<std::uint32_t> threads;
};

bool typed(const ScenarioFlags& flags, std::string_view name) {
  return std::any_of(flags.typed.begin(), flags.typed.end(),
                     [&](const auto& each) { return each.first->name == name; });
}

Result<AdviceJob> job_of(const Options& options) {
  auto plan = plan_of(options.scenario, preset_named("one-hot-key")->scenario);
  if (!plan) return fail(std::move(plan).error());
  AdviceJob job;
  job.scenario = plan->scenario;
  job.strategies = plan->strategies;
  job.runs = options.scenario.runs.value_or(std::max(k_runs, plan->runs));
  job.threads = options.threads.value_or(std::max(1U, std::thread::hardware_concurrency()));
  job.keep_duration = typed(options.scenario, "duration");
  if (job.keep_duration && job.scenario.duration < job.scenario.ttl) {
    return fail(ErrorKind::usage,
                "--duration: nothing expires in " + format_span(job.scenario.duration) +
                    ", the TTL is " + format_span(job.scenario.ttl),
                "leave --duration out: advise makes it long enough");
  }
  return job;
}

/// Searches on threads of its own, so that a signal can end it.
asio::awaitable<Advice> advise_aside(Context& context, AdviceJob job) {
  std::atomic<bool> stop{false};
  job.stop = &stop;
  const auto token = context.interrupt.listen([&stop] { stop = true; });
  redis::Worker worker;
  std::function<Advice()> work = [&job] { return advise(job); };
  auto advice = co_await worker.run(std::move(work));
  context.interrupt.ignore(token);
  co_return advice;
}

asio::awaitable<Result<Outcome>> run_advise(Context& context, Options options) {
  auto job = job_of(options);
  if (!job) co_return fail(std::move(job).error());
  auto advice = co_await advise_aside(context, std::move(*job));
  if (context.interrupt.requested()) co_return fail(ErrorKind::interrupted, "interrupted");
  const auto document = options.format == Format::json
                            ? json(advice)
                            : text(advice, text_options(context.output.look()));
  auto written = context.output.write(document);
  if (!written && !context.output.pipe_closed()) co_return fail(std::move(written).error());
  co_return advice.feasible() ? Outcome::done : Outcome::findings;
}

}  // namespace

Command add_advise(CLI::App& stampede) {
  auto* app = stampede.add_subcommand(
      "advise", "The smallest change that keeps the database within its slots");
  auto options = std::make_shared<Options>();
  app->add_option("scenario", options->scenario.file, "A scenario in TOML: flags by their names")
      ->type_name("FILE");
  add_format(*app, options->format, {Format::text, Format::json});
  add_advice_flags(*app, options->scenario);
  add_threads(*app, options->threads);
  return {app, Command::Server::not_needed,
          [options](Context& context) { return run_advise(context, *options); }};
}

}  // namespace rcache::stampede
