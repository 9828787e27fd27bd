#include "commands/stats/command.h"

#include <fmt/format.h>

#include <CLI/Option.hpp>
#include <algorithm>
#include <vector>

#include "commands/flags.h"
#include "commands/stats/render.h"
#include "commands/stats/report.h"
#include "commands/stats/snapshot_file.h"
#include "commands/stats/watch.h"
#include "core/units.h"
#include "redis/fan_out.h"

namespace rcache::stats {
namespace {

struct Options {
  Format format = Format::text;
  std::optional<std::chrono::milliseconds> window;
  std::optional<std::chrono::milliseconds> watch;
  std::optional<double> min_hit_ratio;
  std::optional<double> max_evictions;
  std::optional<double> max_memory_ratio;
  std::string save_file;
  std::string since_file;
  bool check = false;
  bool per_node = false;

  bool failing_matters() const {
    return check || min_hit_ratio || max_evictions || max_memory_ratio;
  }
  Limits limits() const {
    Limits limits;
    limits.min_hit_ratio = min_hit_ratio.value_or(limits.min_hit_ratio);
    limits.max_evictions_per_second = max_evictions.value_or(limits.max_evictions_per_second);
    limits.max_memory_ratio = max_memory_ratio.value_or(limits.max_memory_ratio);
    return limits;
  }
  PerNode nodes() const { return per_node ? PerNode::yes : PerNode::no; }
};

constexpr std::chrono::milliseconds k_default_tick{2000};
constexpr std::chrono::milliseconds k_shortest_tick{100};

/// All nodes that answered, and words for those that did not.
struct Sample {
  std::vector<NodeStats> nodes;
  std::vector<std::string> gaps;
};

using Servers = std::shared_ptr<redis::Deployment>;

Result<NodeStats> read_reply(const redis::Node& node, const redis::Reply& reply,
                             std::int64_t now_unix_ms) {
  const auto* info = reply.get<std::string>();
  if (info == nullptr) {
    return fail(ErrorKind::protocol, fmt::format("{} answered INFO with something else than text",
                                                 to_string(node.address)));
  }
  return read_node({.address = to_string(node.address),
                    .flavor = node.identity.flavor,
                    .version = node.identity.version,
                    .mode = node.identity.mode,
                    .role = node.identity.role,
                    .run_id = node.identity.run_id,
                    .received_unix_ms = now_unix_ms,
                    .info = Info(*info)});
}

/// Errors: when no node at all answers; with one that does, the others are gaps.
asio::awaitable<Result<Sample>> take_sample(Context& context, Servers servers) {
  redis::Args words{"INFO", "everything"};
  const auto replies = co_await redis::ask_every_node(servers, std::move(words));
  Sample sample;
  std::optional<Error> first_error;
  for (std::size_t i = 0; i < replies.size(); ++i) {
    const auto& node = servers->nodes()[i];
    auto stats = replies[i] ? read_reply(node, *replies[i], context.clock.unix_milliseconds())
                            : Result<NodeStats>(fail(replies[i].error()));
    if (stats) {
      sample.nodes.push_back(std::move(*stats));
    } else {
      sample.gaps.push_back(stats.error().message);
      if (!first_error) first_error = std::move(stats).error();
    }
  }
  for (const auto& gap : servers->gaps())
    sample.gaps.push_back(fmt::format("{}: {}", gap.what, gap.why));
  if (sample.nodes.empty()) co_return fail(std::move(*first_error));
  co_return sample;
}

StatsReport report_on(const Sample& sample, const Options& options, const Snapshot* since) {
  return make_report(sample.nodes, {.limits = options.limits(),
                                    .per_node = options.nodes(),
                                    .since = since,
                                    .gaps = sample.gaps});
}

TextOptions text_options(const Look& look, PerNode per_node) {
  return {.width = static_cast<std::size_t>(look.width),
          .color = look.color ? render::Color::on : render::Color::off,
          .charset = look.unicode ? render::Charset::unicode : render::Charset::ascii,
          .per_node = per_node};
}

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
      return text(report, text_options(look, options.nodes()));
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

/// As much of a screen as fits `height` rows: the top of it and its last line, which is the verdict.
/// Blank lines go first, and one row stays free, as a line end on the last one scrolls.
std::vector<std::string_view> fitted(std::string_view screen, int height) {
  std::vector<std::string_view> lines;
  for (; !screen.empty(); screen.remove_prefix(lines.back().size() + 1)) {
    lines.push_back(screen.substr(0, screen.find('\n')));
  }
  const auto room = static_cast<std::size_t>(std::max(height - 1, 1));
  if (lines.size() > room) std::erase(lines, std::string_view());
  if (lines.size() > room) {
    lines[room - 1] = lines.back();
    lines.resize(room);
  }
  return lines;
}

/// The screen drawn over the one before, without anything that would have to be put back at the
/// end: whatever ends the program leaves a usable terminal.
std::string redrawn(std::string_view screen, int height) {
  std::string drawn = "\x1b[H";
  for (const auto line : fitted(screen, height)) drawn.append(line).append("\x1b[K\n");
  return drawn + "\x1b[J";
}

/// What one tick of a watch writes.
std::string tick_text(const StatsReport& report, const History& history, const Options& options,
                      const Look& look) {
  if (options.format == Format::json || options.format == Format::ndjson) return ndjson(report);
  if (options.format == Format::csv) return csv_row(report);
  if (!look.terminal) return watch_line(report);
  return redrawn(watch_screen(history, report, text_options(look, options.nodes())), look.height);
}

std::string watch_head(const Options& options, const Look& look) {
  if (options.format == Format::csv) return csv_header();
  if (options.format != Format::text) return "";
  return look.terminal ? "\x1b[2J" : watch_line_header();
}

/// Runs until it is interrupted. A server that is lost is looked for at every tick, so that a watch
/// lives through restarts and failovers.
asio::awaitable<Result<Outcome>> run_watch(Context& context, Options options) {
  auto servers = co_await context.connect();
  if (!servers) co_return fail(std::move(servers).error());
  History history;
  std::optional<Snapshot> before;
  std::string last_trouble;
  if (auto written = context.output.write(watch_head(options, context.output.look())); !written) {
    co_return fail(std::move(written).error());
  }
  while (true) {
    auto sample = co_await take_sample(context, *servers);
    if (!sample || !sample->gaps.empty()) {
      // What fails before the first tick is no outage to wait out.
      if (!sample && (sample.error().kind == ErrorKind::interrupted || history.ticks().empty()))
        co_return fail(std::move(sample).error());
      if (!sample && sample.error().message != last_trouble) {
        last_trouble = sample.error().message;
        context.output.note(fmt::format("rcache: {}; trying again", last_trouble));
      }
      auto found = co_await (*servers)->refresh();
      if (!found && found.error().kind == ErrorKind::interrupted)
        co_return fail(std::move(found).error());
      if (!sample && found) continue;
    }
    if (sample) {
      const auto report = report_on(*sample, options, before ? &*before : nullptr);
      history.add(report);
      last_trouble.clear();
      before = snapshot_of(sample->nodes);
      const auto tick = tick_text(report, history, options, context.output.look());
      if (auto written = context.output.write(tick); !written)
        co_return fail(std::move(written).error());
    }
    if (auto slept = co_await context.clock.sleep(*options.watch); !slept)
      co_return fail(std::move(slept).error());
  }
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
