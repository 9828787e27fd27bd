#include "commands/stampede/sweep_render.h"

#include "commands/stampede/scenario_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "commands/stampede/values.h"
#include "core/units.h"
#include "render/chart.h"
#include "render/csv.h"
#include "render/layout.h"
#include "render/table.h"
#include "stampede/math.h"
#include "stampede/sweep.h"

namespace rcache::stampede {
namespace {

using render::Align;
using render::Cell;
using render::Json;
using render::number_json;
using render::Tone;

double highest_peak(const Sweep& sweep) {
  double highest = 1;
  for (const auto& point : sweep.points)
    for (const auto& each : point.results) highest = std::max(highest, each.peak.high);
  return highest;
}

/// One column for each value, all strategies on one logarithmic scale.
std::string line_of(const std::vector<SweepResult>& results, double highest,
                    render::Charset charset) {
  std::vector<std::optional<double>> columns;
  for (const auto& each : results) columns.emplace_back(log_of(each.peak.high + 1));
  return render::sparkline(columns, {0, log_of(highest + 1)}, charset);
}

}  // namespace

std::string cliff_words(const Sweep& sweep, Strategy strategy) {
  const auto results = results_of(sweep, strategy);
  const auto within = static_cast<std::size_t>(
      std::count_if(results.begin(), results.end(),
                    [](const SweepResult& each) { return each.keeps_within_slots; }));
  if (within == results.size()) return "always";
  if (within == 0) return "never";
  if (const auto last = last_within(results); last && *last + 1 == within)
    return "up to " + sweep.points[*last].words;
  // Within from some value on to the end.
  const auto first = results.size() - within;
  const bool tail = std::all_of(results.begin() + static_cast<std::ptrdiff_t>(first), results.end(),
                                [](const SweepResult& each) { return each.keeps_within_slots; });
  if (tail) return "from " + sweep.points[first].words + " on";
  return fmt::format("at {} of {} values", within, results.size());
}

std::string sweep_text(const Report& report, const TextOptions& options) {
  const auto& sweep = *report.sweep;
  if (sweep.points.empty()) return {};
  const auto& first = sweep.points.front().words;
  const auto& last = sweep.points.back().words;
  std::string out;
  const auto title = fmt::format("Peak loads with --{} from {} to {}, {} values", sweep.parameter,
                                 first, last, sweep.points.size());
  for (const auto& line : render::wrap(title, options.width))
    out += render::paint(line, Tone::heading, options.color) + "\n";
  render::Table table({{"Strategy", Align::left},
                       {first, Align::right},
                       {last, Align::right},
                       {"peaks", Align::left, false, true},
                       {"within the slots", Align::left}});
  const auto highest = highest_peak(sweep);
  for (const auto& row : report.strategies) {
    const auto results = results_of(sweep, row.strategy);
    if (results.empty()) continue;
    const auto tone = [](const SweepResult& each) {
      return each.keeps_within_slots ? Tone::ok : Tone::fail;
    };
    table.add({std::string(to_string(row.strategy)),
               Cell(format_rounded(results.front().peak.high), tone(results.front())),
               Cell(format_rounded(results.back().peak.high), tone(results.back())),
               line_of(results, highest, options.charset), cliff_words(sweep, row.strategy)});
  }
  return out + table.text({options.width, 0, options.color, options.charset});
}

Json sweep_json(const Sweep& sweep) {
  auto points = Json::array();
  for (const auto& point : sweep.points) {
    auto strategies = Json::array();
    for (const auto& each : point.results) {
      strategies.push_back({{"name", to_string(each.strategy)},
                            {"peak_loads", range_json(each.peak)},
                            {"loads", range_json(each.loads)},
                            {"latency_p999_seconds", range_json(each.p999)},
                            {"errors", each.errors},
                            {"unstable", each.unstable},
                            {"keeps_within_slots", each.keeps_within_slots}});
    }
    points.push_back({{"value", number_json(point.value)},
                      {"db_slots", point.db_slots},
                      {"strategies", std::move(strategies)}});
  }
  return {{"parameter", sweep.parameter},
          {"unit", sweep.unit == SweepUnit::seconds ? Json("seconds") : Json(nullptr)},
          {"values", std::move(points)}};
}

std::string sweep_csv(const Sweep& sweep) {
  render::CsvLine header;
  for (const auto* name :
       {"parameter", "value", "strategy", "keeps_within_slots", "db_slots", "peak_loads_low",
        "peak_loads_high", "loads_low", "loads_high", "latency_p999_low_seconds",
        "latency_p999_high_seconds", "errors", "unstable"})
    header.text(name);
  auto out = header.str();
  for (const auto& point : sweep.points) {
    for (const auto& each : point.results) {
      const auto whole = [](auto number) {
        return std::optional(static_cast<std::int64_t>(number));
      };
      const auto real = [](double number) { return std::optional<double>(number); };
      render::CsvLine line;
      line.text(sweep.parameter);
      line.number(real(point.value));
      line.text(to_string(each.strategy));
      line.number(whole(each.keeps_within_slots));
      line.number(whole(point.db_slots));
      for (const auto* range : {&each.peak, &each.loads, &each.p999}) {
        line.number(real(range->low));
        line.number(real(range->high));
      }
      line.number(whole(each.errors));
      line.number(whole(each.unstable));
      out += line.str();
    }
  }
  return out;
}

}  // namespace rcache::stampede
