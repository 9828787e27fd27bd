#include "commands/stats/watch_loop.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "commands/stats/render.h"
#include "commands/stats/sampling.h"
#include "commands/stats/watch.h"
#include "commands/text_look.h"

namespace rcache::stats {
namespace {

/// As much of a screen as fits `height` rows: the top of it and its last line, which is the
/// verdict. Blank lines go first, and one row stays free, as a line end on the last one scrolls.
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
  return redrawn(watch_screen(history, report, text_look(look)), look.height);
}

std::string watch_head(const Options& options, const Look& look) {
  if (options.format == Format::csv) return csv_header();
  if (options.format != Format::text) return "";
  return look.terminal ? "\x1b[2J" : watch_line_header();
}

}  // namespace

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

}  // namespace rcache::stats
