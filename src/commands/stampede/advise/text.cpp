#include <fmt/format.h>

#include <algorithm>

#include "commands/stampede/advise/reasons.h"
#include "commands/stampede/advise/render.h"
#include "commands/stampede/advise/words.h"
#include "commands/stampede/values.h"
#include "commands/stampede/words.h"
#include "core/units.h"
#include "render/layout.h"
#include "render/screen.h"
#include "render/table.h"

namespace rcache::stampede {
namespace {

using render::Align;
using render::Cell;
using render::Tone;

constexpr std::size_t k_label = 19;

/// A name, and beside it what there is to say.
void fact(render::Screen& screen, std::string_view name, const std::string& words) {
  auto label = render::pad("  " + std::string(name), k_label);
  for (const auto& line : render::wrap(words, screen.width() - k_label)) {
    screen.line(label + line);
    label = std::string(k_label, ' ');
  }
}

/// Short, for a column: "lock TTL 1s, jitter 13s".
std::string settings(const std::vector<Change>& changes) {
  std::string out;
  for (const auto& each : changes) {
    std::string words;
    switch (each.setting) {
      case Change::Setting::jitter:
        words = "jitter " + format_span(each.span);
        break;
      case Change::Setting::lock_ttl:
        words = "lock TTL " + format_span(each.span);
        break;
      case Change::Setting::delta_cap:
        words = "delta cap " + format_span(each.span);
        break;
      case Change::Setting::milliseconds:
        words = "PX, PTTL";
        break;
      default:
        break;
    }
    out += (out.empty() ? "" : ", ") + words;
  }
  return out.empty() ? "-" : out;
}

render::Table recommendations(const Advice& advice) {
  bool stale = false;
  bool errors = false;
  for (const auto& each : advice.recommendations) {
    stale = stale || each.result.stale_age;
    errors = errors || each.result.errors > 0;
  }
  std::vector<render::Column> columns{{"Strategy", Align::left},
                                      {"peak", Align::right},
                                      {"loads", Align::right, false, true},
                                      {"p99.9", Align::right}};
  if (stale) columns.push_back({"stale", Align::right, false, true});
  if (errors) columns.push_back({"errors", Align::right});
  columns.push_back({"set", Align::left});
  render::Table table(std::move(columns));
  for (const auto& each : advice.recommendations) {
    const auto& row = each.result;
    std::vector<Cell> cells;
    cells.emplace_back(std::string(to_string(row.strategy)));
    cells.emplace_back(format_rounded(row.peak_range.high), Tone::ok);
    cells.emplace_back(format_count(row.loads));
    cells.emplace_back(format_span(row.p999_range.high));
    if (stale) cells.emplace_back(row.stale_age ? format_span(row.stale_age->max) : "-");
    if (errors) cells.emplace_back(format_rounded(static_cast<double>(row.errors)));
    cells.emplace_back(settings(each.changes));
    table.add(std::move(cells));
  }
  return table;
}

}  // namespace

std::string text(const Advice& advice, const TextOptions& options) {
  render::Screen screen({std::max(options.width, k_least_width), options.color, options.charset});
  Report described;
  described.scenario = advice.scenario;
  described.runs = advice.runs;
  described.recorded = advice.recorded;
  screen.paragraph(title(described), Tone::heading);
  const auto lines = setting(described);
  // The last one tells of the run, which proof_words does here.
  for (std::size_t index = 0; index + 1 < lines.size(); ++index) screen.paragraph(lines[index]);
  screen.blank();
  for (const auto& [words, tone] : verdict(advice)) screen.paragraph(words, tone);
  screen.blank();
  screen.paragraph("By formula", Tone::heading);
  for (const auto& [name, words] : by_formula(advice)) fact(screen, name, words);
  if (advice.feasible()) {
    screen.blank();
    screen.paragraph("Within the slots, smallest change first", Tone::heading);
    screen.table(recommendations(advice));
  }
  if (!advice.refusals.empty()) {
    screen.blank();
    screen.paragraph("Not recommended", Tone::heading);
    for (const auto& each : advice.refusals)
      fact(screen, to_string(each.result.strategy), why_not(each, advice));
  }
  screen.blank();
  screen.paragraph(proof_words(advice));
  return std::move(screen).take();
}

}  // namespace rcache::stampede
