#include "render/html.h"

#include <fmt/format.h>

#include <algorithm>

#include "commands/stampede/charts.h"
#include "commands/stampede/render.h"
#include "commands/stampede/sweep_render.h"
#include "commands/stampede/values.h"
#include "commands/stampede/words.h"
#include "core/units.h"
#include "stampede/expected_sizes.h"

namespace rcache::stampede {
namespace {

using render::Align;
using render::HtmlCell;
using render::HtmlPage;
using render::Tone;

Tone tone_of(const StrategyReport& row) {
  return row.keeps_within_slots ? Tone::ok : Tone::fail;
}

std::string name_of(const StrategyReport& row) {
  return std::string(to_string(row.strategy));
}

std::string range(const Range& values) {
  const auto low = format_rounded(values.low);
  return values.low < values.high ? low + " to " + format_rounded(values.high) : low;
}

void add_verdict(HtmlPage& page, const Report& report) {
  if (report.strategies.empty()) return;
  std::vector<std::string> lines;
  for (const auto& [words, tone] : verdict(report)) lines.push_back(words);
  const auto within = std::count_if(report.strategies.begin(), report.strategies.end(),
                                    [](const auto& row) { return row.keeps_within_slots; });
  if (within == 0) {
    page.verdict(Tone::fail, "Too much for the database", lines);
  } else {
    page.verdict(Tone::ok, "It can be held", lines);
  }
}

void add_table(HtmlPage& page, const Report& report) {
  const bool stale = std::any_of(report.strategies.begin(), report.strategies.end(),
                                 [](const auto& row) { return row.stale_age.has_value(); });
  const bool errors = std::any_of(report.strategies.begin(), report.strategies.end(),
                                  [](const auto& row) { return row.errors > 0; });
  std::vector<render::Column> columns{{"Strategy", Align::left},
                                      {"Peak", Align::right},
                                      {"Above the slots", Align::right, false, true},
                                      {"Loads", Align::right, false, true},
                                      {"p50", Align::right, false, true},
                                      {"p99.9", Align::right},
                                      {"Longest", Align::right, false, true}};
  if (stale) columns.push_back({"Oldest", Align::right, false, true});
  if (errors) columns.push_back({"Errors", Align::right});
  columns.push_back({"What it does", Align::left, false, true});
  std::vector<std::vector<HtmlCell>> rows;
  for (const auto& row : report.strategies) {
    std::vector<HtmlCell> cells;
    cells.emplace_back(name_of(row));
    cells.emplace_back(range(row.peak_range), tone_of(row));
    cells.emplace_back(row.seconds_above_slots > 0 ? format_span(row.seconds_above_slots) : "-");
    cells.emplace_back(range(row.loads_range));
    cells.emplace_back(format_span(row.latency.p50));
    cells.emplace_back(format_span(row.latency.p999));
    cells.emplace_back(format_span(row.latency.max));
    if (stale) cells.emplace_back(row.stale_age ? format_span(row.stale_age->max) : "-");
    if (errors)
      cells.emplace_back(format_count(row.errors), row.errors > 0 ? Tone::warn : Tone::plain);
    cells.emplace_back(std::string(explain(row.strategy)));
    rows.push_back(std::move(cells));
  }
  page.table(columns, rows);
}

template <typename Chart, typename Caption>
void add_multiples(HtmlPage& page, const Report& report, Chart chart, Caption caption) {
  std::vector<HtmlPage::Multiple> all;
  for (const auto& row : report.strategies) {
    auto drawn = chart(row);
    if (drawn.empty()) continue;
    all.push_back({name_of(row), std::move(drawn), caption(row), tone_of(row)});
  }
  page.multiples(all);
}

std::string loads_words(const StrategyReport& row) {
  if (row.unstable_at_seconds)
    return fmt::format("never recovers; stopped at {}", format_span(*row.unstable_at_seconds));
  auto out =
      fmt::format("peak {} at {}", format_count(row.peak_loads), format_span(row.peak_at_seconds));
  if (row.seconds_above_slots > 0)
    out += fmt::format(", {} above the slots", format_span(row.seconds_above_slots));
  return out;
}

void add_loads(HtmlPage& page, const Report& report) {
  page.heading("Loads at once, over time");
  page.paragraph(
      "Each chart on the same logarithmic scale; the dashed line is what the database can take. "
      "The "
      "most of each moment is shown, so that no peak is lost.");
  add_multiples(
      page, report, [&](const auto& row) { return loads_chart(report, row); }, loads_words);
}

void add_sweep(HtmlPage& page, const Report& report) {
  if (!report.sweep || report.sweep->points.empty()) return;
  const auto& sweep = *report.sweep;
  page.heading("Where it breaks: --" + sweep.parameter);
  page.paragraph(fmt::format("Peak loads with {} values from {} to {}.", sweep.points.size(),
                             sweep.points.front().words, sweep.points.back().words));
  add_multiples(
      page, report, [&](const auto& row) { return sweep_chart(sweep, row.strategy); },
      [&](const auto& row) { return "within the slots: " + cliff_words(sweep, row.strategy); });
}

void add_latency(HtmlPage& page, const Report& report) {
  page.heading("Latency by percentile");
  page.paragraph(
      "One stampede a minute touches a few of 1,000 requests: it shows from 99 % on, and an "
      "average "
      "hides it. Both axes are logarithmic.");
  add_multiples(
      page, report, [&](const auto& row) { return latency_chart(report, row); },
      [](const auto& row) {
        return fmt::format("p99 {}, p99.9 {}, longest {}", format_span(row.latency.p99),
                           format_span(row.latency.p999), format_span(row.latency.max));
      });
}

void add_stale(HtmlPage& page, const Report& report) {
  const bool any = std::any_of(report.strategies.begin(), report.strategies.end(),
                               [](const auto& row) { return row.stale_age.has_value(); });
  if (!any) return;
  page.heading("Age of stale answers");
  page.paragraph("How long the value's TTL was over, for the answers that were stale.");
  add_multiples(
      page, report,
      [&](const auto& row) { return row.stale_age ? stale_chart(report, row) : std::string(); },
      [](const auto& row) {
        return fmt::format("{} stale answers, the oldest {}", format_count(row.stale),
                           format_span(row.stale_age->max));
      });
}

void add_sizes(HtmlPage& page, const Report& report) {
  page.heading("Loads in one stampede");
  page.paragraph(
      "How many loads one expiry starts before the first of them is back. Points on a dashed line: "
      "what the closed form expects, where there is one (Poisson without a guard, geometric with "
      "XFetch).");
  add_multiples(
      page, report,
      [&](const auto& row) { return row.episodes == 0 ? std::string() : size_chart(report, row); },
      [](const auto& row) {
        return fmt::format("{} {}, on average {:.2f} loads, at most {}", format_count(row.episodes),
                           row.episodes == 1 ? "stampede" : "stampedes", row.mean_size,
                           format_count(row.max_size));
      });
}

}  // namespace

std::string html(const Report& report) {
  HtmlPage page(title(report));
  add_verdict(page, report);
  for (const auto& line : setting(report)) page.paragraph(line);
  page.heading("Strategies, best first");
  add_table(page, report);
  add_loads(page, report);
  add_sweep(page, report);
  add_latency(page, report);
  add_stale(page, report);
  add_sizes(page, report);
  page.footer(
      "rcache stampede. Best: within the slots of the database, then without errors, then by "
      "p99.9, stale age and number of loads.");
  return page.str();
}

}  // namespace rcache::stampede
