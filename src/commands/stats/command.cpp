#include "commands/stats/command.h"

#include <fmt/format.h>

#include <CLI/Option.hpp>

#include "commands/flags.h"
#include "commands/stats/render.h"
#include "commands/stats/sampling.h"
#include "commands/stats/snapshot_file.h"
#include "commands/stats/watch_loop.h"
#include "commands/text_look.h"
#include "core/units.h"

namespace rcache::stats {
namespace {

constexpr std::chrono::milliseconds k_default_tick{2000};
constexpr std::chrono::milliseconds k_shortest_tick{100};

std::string rendered(const StatsReport& report, const Options& options, const Look& look) {
  switch (options.format) {
    case Format::json:
      return json(report);
    case Format::ndjson:
      return ndjson(report);
    case Format::csv:
      return csv(report, options.nodes());
    case Format::prometheus:
      return prometheus(report, options.nodes());
    default:
      return text(report, text_look(look), options.nodes());
  }
}

/// A closed pipe does not change the verdict.
Result<void> write_unless_unread(Output& output, std::string_view text) {
  auto written = output.write(text);
  if (!written && !output.pipe_closed()) return written;
  return {};
}

asio::awaitable<Result<Outcome>> run_once(Context& context, Options options) {
  std::optional<Snapshot> since;
  if (!options.since_file.empty()) {
    auto snapshot = read_snapshot_file(options.since_file);
    if (!snapshot) co_return fail(std::move(snapshot).error());
    since = std::move(*snapshot);
  }
  auto servers = co_await context.connect();
  if (!servers) co_return fail(std::move(servers).error());
  auto sample = co_await take_sample(context, *servers);
  if (!sample) co_return fail(std::move(sample).error());
  if (options.window) {
    since = snapshot_of(sample->nodes);
    context.output.progress(fmt::format("counting for {}", format_duration(*options.window)));
    if (auto slept = co_await context.clock.sleep(*options.window); !slept)
      co_return fail(std::move(slept).error());
    sample = co_await take_sample(context, *servers);
    if (!sample) co_return fail(std::move(sample).error());
  }
  const auto report = report_on(*sample, options, since ? &*since : nullptr);
  if (!options.save_file.empty()) {
    if (auto saved = write_snapshot_file(options.save_file, snapshot_of(sample->nodes)); !saved) {
      co_return fail(std::move(saved).error());
    }
  }
  const auto result = rendered(report, options, context.output.look());
  if (auto written = write_unless_unread(context.output, result); !written)
    co_return fail(std::move(written).error());
  if (!report.complete) co_return Outcome::incomplete;
  co_return options.failing_matters() && failed(report) ? Outcome::findings : Outcome::done;
}

Result<void> check_options(const Options& options) {
  if (options.window && !options.since_file.empty()) {
    return fail(ErrorKind::usage, "--window and --since both say where the window begins",
                "give one of them");
  }
  if (options.watch &&
      (options.window || !options.since_file.empty() || !options.save_file.empty())) {
    return fail(ErrorKind::usage, "--watch does not go with --window, --since or --save",
                "leave them out: each tick is a window of its own");
  }
  if (options.watch && options.check) {
    return fail(ErrorKind::usage, "--watch does not go with --check: it ends with no verdict",
                "leave one out");
  }
  if (options.watch && options.format == Format::prometheus) {
    return fail(ErrorKind::usage, "--watch has no prometheus form",
                "run `rcache stats -o prometheus` from a timer instead");
  }
  if (options.window && options.window->count() == 0)
    return fail(ErrorKind::usage, "--window: 0 is no window (try 5s)");
  if (options.watch && *options.watch < k_shortest_tick) {
    return fail(ErrorKind::usage,
                fmt::format("--watch: a tick is at least {}", format_duration(k_shortest_tick)));
  }
  return {};
}

asio::awaitable<Result<Outcome>> run_stats(Context& context, Options options) {
  if (auto checked = check_options(options); !checked) co_return fail(std::move(checked).error());
  if (options.watch) co_return co_await run_watch(context, std::move(options));
  co_return co_await run_once(context, std::move(options));
}

}  // namespace

Command add_stats(CLI::App& tree) {
  auto* app = tree.add_subcommand(
      "stats", "Is the cache healthy? Hit ratio, evictions, memory, TTLs, top commands");
  auto options = std::make_shared<Options>();
  add_format(*app, options->format,
             {Format::text, Format::json, Format::ndjson, Format::csv, Format::prometheus});
  add_value(*app, "--window", options->window, parse_duration, "DURATION",
            "Count for this long, then report what happened meanwhile");
  app->add_option_function<std::string>(
         "--watch",
         [options](const std::string& typed) {
           const auto tick = typed.empty() ? Result<std::chrono::milliseconds>(k_default_tick)
                                           : parse_duration(typed);
           if (!tick) refuse_value("--watch", tick.error());
           options->watch = *tick;
         },
         "Repeat every DURATION (2s): redrawn in place, or a line each on a pipe")
      ->type_name("DURATION")
      ->expected(0, 1);
  app->add_flag("--check", options->check, "Exit 1 when a check fails");
  add_value(*app, "--min-hit-ratio", options->min_hit_ratio, parse_ratio, "RATIO",
            "Fail below this (80%)");
  add_value(*app, "--max-evictions", options->max_evictions, parse_rate, "RATE",
            "Fail above this (0/s)");
  add_value(*app, "--max-memory-ratio", options->max_memory_ratio, parse_ratio, "RATIO",
            "Fail above this part of maxmemory (90%)");
  app->add_flag("--per-node", options->per_node, "Each node of a cluster as well");
  app->add_option("--save", options->save_file, "Save the counters for a later --since")
      ->type_name("FILE");
  app->add_option("--since", options->since_file, "Count since the snapshot in this file")
      ->type_name("FILE");
  return {app, Command::Server::needed,
          [options](Context& context) { return run_stats(context, *options); }};
}

}  // namespace rcache::stats
