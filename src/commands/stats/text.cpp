#include <fmt/format.h>

#include <algorithm>

#include "commands/stats/render.h"
#include "commands/stats/words.h"
#include "core/key.h"
#include "core/units.h"
#include "render/chart.h"
#include "render/layout.h"
#include "render/screen.h"
#include "render/table.h"

namespace rcache::stats {
namespace {

using render::Align;
using render::Cell;
using render::Screen;
using render::Table;
using render::Tone;

constexpr std::size_t k_narrow = 60;  // below, what stood beside moves under it

bool narrow(const Screen& screen) {
  return screen.width() < k_narrow;
}

/// "83.1%  ████████░░": the number takes the same room in every line.
std::string ratio_with_bar(const Screen& screen, std::optional<double> ratio) {
  if (!ratio) return render::pad("n/a", 6);
  return render::pad(format_ratio(*ratio), 6) + " " +
         render::bar(*ratio, narrow(screen) ? 10 : 20, screen.charset());
}

void add_hit_ratio(Screen& screen, const StatsReport& report) {
  const auto& facts = report.facts;
  const auto reads = [](std::optional<std::int64_t> hits, std::optional<std::int64_t> misses) {
    return fmt::format("{} hits, {} misses", or_na(hits), or_na(misses));
  };
  screen.fact(
      "Hit ratio",
      {ratio_with_bar(screen, facts.hit_ratio), reads(facts.hits, facts.misses) + " since start"},
      "  ");
  if (report.window) {
    const auto& window = *report.window;
    screen.fact("  in " + format_seconds(window.seconds),
                {ratio_with_bar(screen, window.hit_ratio), reads(window.hits, window.misses)},
                "  ");
  }
}

void add_memory(Screen& screen, const Memory& memory) {
  if (memory.max_bytes) {
    screen.fact(
        "Memory",
        {ratio_with_bar(screen, memory.used_ratio),
         fmt::format("{} of {}", bytes_or_na(memory.used_bytes), format_bytes(*memory.max_bytes))},
        "  ");
  } else {
    screen.fact("Memory", {bytes_or_na(memory.used_bytes),
                           memory.max_is_known ? "no maxmemory" : "maxmemory unknown"});
  }
  screen.fact("", memory_details(memory));
}

/// "1,204 since start (0.02/s)", "12 in 5s (2.4/s)"; nothing, or in unknown time, has no rate.
void add_counter(Screen& screen, std::string_view label, const StatsReport& report,
                 std::optional<std::int64_t> total, std::optional<std::int64_t> in_window) {
  const auto piece = [](std::int64_t count, const std::string& when, double seconds) {
    const auto words = format_count(count) + " " + when;
    if (count == 0 || seconds == 0) return words;
    return fmt::format("{} ({})", words, format_rate(static_cast<double>(count) / seconds));
  };
  const auto& uptime = report.facts.server.uptime_seconds;
  const double up = uptime ? std::max(static_cast<double>(*uptime), 1.0) : 0;
  std::vector<std::string> pieces{total ? piece(*total, "since start", up) : "n/a"};
  if (report.window && in_window) {
    const auto seconds = report.window->seconds;
    pieces.push_back(piece(*in_window, "in " + format_seconds(seconds), seconds));
  }
  screen.fact(label, pieces);
}

void add_keys(Screen& screen, const Facts& facts) {
  auto pieces = key_counts(facts.keys);
  if (facts.databases.size() == 1) {
    const auto& only = facts.databases.front();
    if (only.avg_ttl_seconds)
      pieces.push_back("average TTL " + format_seconds(*only.avg_ttl_seconds));
    if (only.db != 0) pieces.push_back(fmt::format("all in db {}", only.db));
  }
  screen.fact("Keys", pieces);
}

void add_databases(Screen& screen, const std::vector<Database>& databases) {
  if (databases.size() < 2) return;  // the line of keys has said it all
  Table table({{"Database", Align::right},
               {"keys", Align::right},
               {"with TTL", Align::right},
               {"without", Align::right},
               {"average TTL", Align::right, false, true}});
  for (const auto& database : databases) {
    const auto& ttl = database.avg_ttl_seconds;
    table.add({fmt::format("{}", database.db), format_count(database.keys),
               format_count(database.with_ttl), format_count(database.without_ttl),
               ttl ? format_seconds(*ttl) : "-"});
  }
  screen.blank();
  screen.table(table);
}

std::string usec_text(std::optional<double> usec) {
  if (!usec) return "-";
  return *usec < 99.95 ? fmt::format("{:.1f}", *usec) : format_rounded(*usec);
}

void add_commands(Screen& screen, const std::vector<CommandTime>& commands) {
  if (commands.empty()) return;
  const bool percentiles = std::any_of(commands.begin(), commands.end(), [](const auto& command) {
    return command.p50_usec || command.p99_usec || command.p999_usec;
  });
  const bool unicode = screen.charset() == render::Charset::unicode;
  std::vector<render::Column> columns{{"Top commands", Align::left, true, false, 6},
                                      {"calls", Align::right},
                                      {unicode ? "µs/call" : "us/call", Align::right}};
  if (percentiles) {
    for (const auto* title : {"p50", "p99", "p99.9"}) {
      columns.push_back({title, Align::right, false, true});
    }
  }
  columns.push_back({"time", Align::right});
  columns.push_back({"", Align::left, false, true});
  Table table(std::move(columns));
  for (const auto& command : commands) {
    std::vector<Cell> row{printable(command.name, 64), format_count(command.calls),
                          usec_text(command.usec_per_call)};
    if (percentiles) {
      for (const auto& usec : {command.p50_usec, command.p99_usec, command.p999_usec}) {
        row.emplace_back(usec_text(usec));
      }
    }
    row.emplace_back(format_ratio(command.time_ratio));
    row.emplace_back(render::bar(command.time_ratio, 10, screen.charset()));
    table.add(std::move(row));
  }
  screen.blank();
  screen.table(table);
}

void add_nodes(Screen& screen, const std::vector<StatsReport>& nodes) {
  Table table({{"Node", Align::left, true, false, 21},
               {"verdict", Align::left},
               {"hits", Align::right},
               {"memory", Align::right, false, true},
               {"of max", Align::right, false, true},
               {"keys", Align::right, false, true},
               {"ops/s", Align::right, false, true},
               {"evicted", Align::right, false, true},
               {"up", Align::right, false, true}});
  for (const auto& node : nodes) {
    const auto& facts = node.facts;
    const auto worst = worst_status(node);
    const auto& uptime = facts.server.uptime_seconds;
    const auto ratio =
        node.window && node.window->hit_ratio ? node.window->hit_ratio : facts.hit_ratio;
    const auto ops = node.window && node.window->ops_per_second ? node.window->ops_per_second
                                                                : facts.ops_per_second;
    const auto evicted =
        node.window && node.window->evicted_keys ? node.window->evicted_keys : facts.evicted_keys;
    table.add({printable(node.address, 64),
               {std::string(status_word(worst)), tone_of(worst)},
               ratio_or_na(ratio),
               bytes_or_na(facts.memory.used_bytes),
               facts.memory.used_ratio ? format_ratio(*facts.memory.used_ratio) : "-",
               or_na(facts.keys.total),
               ops ? format_rounded(*ops) : "n/a",
               or_na(evicted),
               uptime ? format_seconds(static_cast<double>(*uptime)) : "n/a"});
  }
  screen.blank();
  screen.table(table);
}

/// "ok       hit-ratio    83.1% of reads ..." with the reason under itself, or under the name.
void add_check(Screen& screen, const Check& check) {
  constexpr std::size_t k_status_width = 9;
  constexpr std::size_t k_name_width = 13;
  const auto word = status_word(check.status);
  const auto status = render::paint(word, tone_of(check.status), screen.color()) +
                      std::string(k_status_width - word.size(), ' ');
  if (narrow(screen)) {
    screen.line(status + check.id);
    return screen.paragraph(check.message, Tone::plain, 2);
  }
  screen.beside(status + render::pad(check.id, k_name_width), k_status_width + k_name_width,
                check.message);
}

}  // namespace

std::string text(const StatsReport& report, const render::TextLook& look, PerNode per_node) {
  Screen screen(look);
  screen.paragraph(title(report), Tone::heading);
  for (const auto& gap : report.gaps)
    screen.paragraph("INCOMPLETE: " + printable(gap, 256), Tone::fail);
  for (const auto& note : report.notes) screen.paragraph("Note: " + note, Tone::plain);
  screen.blank();
  add_hit_ratio(screen, report);
  add_memory(screen, report.facts.memory);
  add_keys(screen, report.facts);
  screen.fact("Traffic", traffic(report));
  const auto& window = report.window;
  add_counter(screen, "Evicted", report, report.facts.evicted_keys,
              window ? window->evicted_keys : std::nullopt);
  add_counter(screen, "Expired", report, report.facts.expired_keys,
              window ? window->expired_keys : std::nullopt);
  add_databases(screen, report.facts.databases);
  add_commands(screen, report.facts.commands);
  if (per_node == PerNode::yes) add_nodes(screen, report.per_node);
  screen.blank();
  for (const auto& check : report.checks) add_check(screen, check);
  screen.blank();
  screen.paragraph(verdict(report), verdict_tone(report));
  return std::move(screen).take();
}

}  // namespace rcache::stats
