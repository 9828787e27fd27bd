#include "commands/stampede/live/text.h"

#include <fmt/format.h>

#include <algorithm>

#include "commands/stampede/values.h"
#include "core/units.h"
#include "render/layout.h"
#include "render/table.h"

namespace rcache::stampede::live {
namespace {

using render::Align;
using render::Tone;

/// Beyond this the figures tell of the machine as well.
constexpr double k_late = 0.02;

std::string range(const Range& expected) {
  const auto low = format_rounded(expected.low);
  const auto high = format_rounded(expected.high);
  return low == high ? low : low + "-" + high;
}

std::string spans(const Range& expected) {
  const auto low = format_span(expected.low);
  const auto high = format_span(expected.high);
  return low == high ? low : low + "-" + high;
}

render::Table table(const Report& report) {
  render::Table out({{"Strategy", Align::left, true, false, 8},
                     {"peak", Align::right},
                     {"expected", Align::right},
                     {"loads", Align::right},
                     {"expected", Align::right},
                     {"p99.9", Align::right, false, true},
                     {"expected", Align::right, false, true}});
  for (const auto& row : report.strategies) {
    if (!row.expected) continue;
    out.add({std::string(to_string(row.strategy)),
             {format_rounded(row.peak_loads), agrees(row) ? Tone::plain : Tone::warn},
             range(row.expected->peak),
             format_count(row.loads),
             range(row.expected->loads),
             format_span(row.latency.p999),
             spans(row.expected->p999)});
  }
  return out;
}

std::string conclusion(const Report& report) {
  std::string others;
  for (const auto& row : report.strategies) {
    if (!agrees(row)) others += (others.empty() ? "" : ", ") + std::string(to_string(row.strategy));
  }
  return others.empty() ? "The simulator expects the same peaks."
                        : "The simulator expects other peaks of " + others + ".";
}

}  // namespace

bool agrees(const StrategyReport& row) {
  if (!row.expected) return true;
  const double peak = row.peak_loads;
  const auto& expected = row.expected->peak;
  const double slack = std::max(2.0, expected.high / 4);
  return peak >= expected.low - slack && peak <= expected.high + slack;
}

std::string live_text(const Report& report, const TextOptions& options) {
  std::string out = "\n";
  const auto paragraph = [&](const std::string& words, Tone tone) {
    for (const auto& line : render::wrap(words, options.width))
      out += render::paint(line, tone, options.color) + "\n";
  };
  const auto& live = *report.live;
  const auto clients = report.scenario.clients > 0
                           ? fmt::format("{} clients share", format_count(report.scenario.clients))
                           : std::string("Requests share");
  paragraph(fmt::format("Live against {}. {} {} {}; only the database is simulated.", live.server,
                        clients, format_count(live.connections),
                        live.connections == 1 ? "connection" : "connections"),
            Tone::plain);
  if (live.late_seconds >= k_late) {
    paragraph(fmt::format("This machine was busy: what was due came up to {} late, which is in all "
                          "latencies.",
                          format_span(live.late_seconds)),
              Tone::warn);
  }
  const auto agreeing = std::all_of(report.strategies.begin(), report.strategies.end(), agrees);
  paragraph(conclusion(report), agreeing ? Tone::ok : Tone::warn);
  out += "\n";
  out += table(report).text({options.width, 0, options.color, options.charset});
  if (!live.complete) paragraph("The run was cut short: other strategies are missing.", Tone::warn);
  return out;
}

}  // namespace rcache::stampede::live
