#include "commands/stampede/charts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "commands/stampede/values.h"
#include "core/units.h"
#include "render/line_chart.h"
#include "stampede/expected_sizes.h"
#include "stampede/math.h"
#include "stampede/sweep.h"

namespace rcache::stampede {
namespace {

using render::LineChart;
using render::Tone;

constexpr std::size_t k_columns = 240;
constexpr std::size_t k_size_bars = 24;
constexpr std::size_t k_most_time_ticks = 5;
constexpr double k_shortest = 1e-4;  // seconds: the foot of latency charts

Tone tone_of(bool keeps) {
  return keeps ? Tone::ok : Tone::fail;
}

/// Numbers of loads on a logarithmic scale from 0 to the highest.
class LoadScale {
 public:
  explicit LoadScale(double highest) : full_(log_of(std::max(highest, 1.0) * 1.1 + 1)) {}
  double place(double loads) const { return log_of(loads + 1) / full_; }
  /// 1, 10, 100, ... and the limit.
  std::vector<LineChart::Level> levels(std::uint32_t slots) const {
    std::vector<LineChart::Level> out;
    for (double loads = 1; place(loads) <= 1; loads *= 10)
      out.push_back({place(loads), format_rounded(loads), false});
    out.push_back({place(slots), slots == 1 ? "1 slot" : format_rounded(slots) + " slots", true});
    return out;
  }

 private:
  double full_;
};

double highest_load(const Report& report) {
  double highest = report.scenario.db_slots;
  for (const auto& row : report.strategies) highest = std::max<double>(highest, row.peak_loads);
  return highest;
}

std::vector<LineChart::Tick> time_ticks(double end) {
  constexpr std::array k_steps = {0.001,  0.002,  0.005,    0.01,     0.02,     0.05,    0.1,
                                  0.2,    0.5,    1.0,      2.0,      5.0,      10.0,    15.0,
                                  30.0,   60.0,   120.0,    300.0,    600.0,    900.0,   1800.0,
                                  3600.0, 7200.0, 14'400.0, 21'600.0, 43'200.0, 86'400.0};
  double step = k_steps.back();
  for (const double each : k_steps) {
    if (end / each <= k_most_time_ticks) {
      step = each;
      break;
    }
  }
  while (end / step > k_most_time_ticks) step *= 2;
  std::vector<LineChart::Tick> out;
  int number = 0;
  for (double at = 0; at <= end * 1.0001; at += step, ++number)
    out.push_back({at / end, at == 0 ? "0" : format_span(at), number % 2 == 1});
  return out;
}

/// Decades of time on a logarithmic scale.
class TimeScale {
 public:
  explicit TimeScale(double longest)
      : full_(log_of(std::max(longest * 1.1, 10 * k_shortest) / k_shortest)) {}
  double place(double span) const {
    return span <= k_shortest ? 0 : log_of(span / k_shortest) / full_;
  }
  std::vector<LineChart::Level> levels() const {
    std::vector<LineChart::Level> out;
    // Every second decade has a word, or they would crowd.
    int number = 0;
    for (double span = 1e-3; place(span) <= 1; span *= 10, ++number)
      out.push_back({place(span), number % 2 == 0 ? format_span(span) : std::string(), false});
    return out;
  }

 private:
  double full_;
};

/// Percentiles on the scale of nines, up to the last of `count` values.
class NinesScale {
 public:
  explicit NinesScale(double count) : full_(log_of(std::max(count, 9.0) + 1)) {}
  double place(double ratio) const {
    const double rest = 1 - ratio;
    return rest <= 1e-12 ? 1 : std::min(1.0, -log_of(rest) / full_);
  }
  std::vector<LineChart::Tick> ticks() const {
    std::vector<LineChart::Tick> out{{0, "0 %", false}};
    const std::pair<double, const char*> all[] = {
        {0.9, "90"}, {0.99, "99"}, {0.999, "99.9"}, {0.9999, "99.99"}, {0.99999, "99.999"}};
    for (const auto& [ratio, words] : all) {
      // Every second one is read off its neighbours where there is no room.
      const bool minor = ratio != 0.99 && ratio != 0.9999;
      if (place(ratio) < 0.86) out.push_back({place(ratio), words, minor});
    }
    out.push_back({1, "max", false});
    return out;
  }

 private:
  double full_;
};

std::string percentile_chart(const std::vector<CurvePoint>& curve, std::uint64_t count,
                             double longest, std::string label, Tone tone) {
  const TimeScale times(longest);
  const NinesScale nines(static_cast<double>(count));
  LineChart chart;
  chart.label = std::move(label);
  chart.levels = times.levels();
  chart.ticks = nines.ticks();
  LineChart::Line line;
  line.tone = tone;
  double before = curve.empty() ? 0 : times.place(curve.front().seconds);
  double from = 0;
  for (const auto& point : curve) {
    // Up to this part all are at most so long: a staircase.
    const double y = times.place(point.seconds);
    if (y != before) line.points.push_back({from, before});
    line.points.push_back({from, y});
    from = nines.place(point.ratio);
    line.points.push_back({from, y});
    before = y;
  }
  chart.lines.push_back(std::move(line));
  chart.height = 140;
  return render::svg(chart);
}

}  // namespace

std::string loads_chart(const Report& report, const StrategyReport& row) {
  const LoadScale scale(highest_load(report));
  const auto& bins = row.series.peaks;
  const double end = std::max(report.simulated_seconds, row.series.bin_seconds);
  LineChart chart;
  chart.label = fmt::format("{}: loads under way over time, at most {}", to_string(row.strategy),
                            format_rounded(row.peak_loads));
  chart.levels = scale.levels(report.scenario.db_slots);
  chart.ticks = time_ticks(end);
  LineChart::Line line;
  line.tone = tone_of(row.keeps_within_slots);
  line.filled = true;
  const auto per_column = (bins.size() + k_columns - 1) / k_columns;
  double before = -1;
  for (std::size_t first = 0; first < bins.size(); first += per_column) {
    const auto last = std::min(bins.size(), first + per_column);
    const double most = *std::max_element(bins.begin() + static_cast<std::ptrdiff_t>(first),
                                          bins.begin() + static_cast<std::ptrdiff_t>(last));
    const double y = scale.place(most);
    const auto x = [&](std::size_t bin) {
      return static_cast<double>(bin) * row.series.bin_seconds / end;
    };
    if (y == before && last < bins.size()) continue;
    if (before >= 0) line.points.push_back({x(first), before});
    line.points.push_back({x(first), y});
    if (last == bins.size()) line.points.push_back({x(last), y});
    before = y;
  }
  chart.lines.push_back(std::move(line));
  chart.height = 150;
  return render::svg(chart);
}

std::string latency_chart(const Report& report, const StrategyReport& row) {
  double longest = 0;
  std::uint64_t most = 0;
  for (const auto& each : report.strategies) {
    longest = std::max(longest, each.latency.max);
    most = std::max(most, each.requests);
  }
  return percentile_chart(
      row.latency_curve, most, longest,
      fmt::format("{}: latency by percentile, p99.9 {}, at most {}", to_string(row.strategy),
                  format_span(row.latency.p999), format_span(row.latency.max)),
      tone_of(row.keeps_within_slots));
}

std::string stale_chart(const Report& report, const StrategyReport& row) {
  double longest = 0;
  std::uint64_t most = 0;
  for (const auto& each : report.strategies) {
    if (each.stale_age) longest = std::max(longest, each.stale_age->max);
    most = std::max(most, each.stale);
  }
  return percentile_chart(
      row.stale_age_curve, most, longest,
      fmt::format("{}: age of stale answers by percentile", to_string(row.strategy)), Tone::warn);
}

std::string size_chart(const Report& report, const StrategyReport& row) {
  const auto largest = std::max<std::uint64_t>(row.max_size, 4);
  const auto width = (largest + k_size_bars - 1) / k_size_bars;
  const auto count = static_cast<std::size_t>((largest + width - 1) / width);
  std::vector<double> seen(count);
  for (const auto& each : row.sizes) {
    const auto bar = std::min(count - 1, static_cast<std::size_t>((each.size - 1) / width));
    seen[bar] += static_cast<double>(each.episodes) / static_cast<double>(row.episodes);
  }
  const auto by_size =
      expected_sizes(report.scenario, row.strategy, static_cast<std::size_t>(largest));
  std::vector<double> expected(by_size.empty() ? 0 : count);
  for (std::size_t size = 0; size < by_size.size(); ++size)
    expected[std::min(count - 1, size / static_cast<std::size_t>(width))] += by_size[size];
  double highest = 1e-9;
  for (const double each : seen) highest = std::max(highest, each);
  for (const double each : expected) highest = std::max(highest, each);
  LineChart chart;
  chart.label = fmt::format("{}: loads in one stampede, on average {:.1f}, at most {}",
                            to_string(row.strategy), row.mean_size, format_count(row.max_size));
  const auto part = [&](std::size_t bar) {
    return static_cast<double>(bar) / static_cast<double>(count);
  };
  LineChart::Line law;
  law.dashed = true;
  law.dots = true;
  law.tone = Tone::warn;
  for (std::size_t bar = 0; bar < count; ++bar) {
    const auto first = bar * width + 1;
    const auto last = (bar + 1) * width;
    const auto words = width == 1 ? format_count(first) : fmt::format("{} to {}", first, last);
    chart.bars.push_back(
        {part(bar), part(bar + 1), seen[bar] / highest,
         fmt::format("{} loads: {} of the stampedes", words, format_ratio(seen[bar]))});
    if (!expected.empty())
      law.points.push_back({(part(bar) + part(bar + 1)) / 2, expected[bar] / highest});
  }
  if (!law.points.empty()) chart.lines.push_back(std::move(law));
  chart.levels.push_back({1, format_ratio(highest), false});
  const auto half = count / 2;
  chart.ticks = {{part(0) + 0.5 / static_cast<double>(count), "1", false},
                 {(part(half) + part(half + 1)) / 2, format_count(half * width + 1), false},
                 {1, format_count(count * width), false}};
  chart.height = 130;
  return render::svg(chart);
}

std::string sweep_chart(const Sweep& sweep, Strategy strategy) {
  double highest = 1;
  for (const auto& point : sweep.points) {
    highest = std::max<double>(highest, point.db_slots);
    for (const auto& each : point.results) highest = std::max(highest, each.peak.high);
  }
  const LoadScale scale(highest);
  const auto results = results_of(sweep, strategy);
  LineChart chart;
  chart.label = fmt::format("{}: peak loads by {}", to_string(strategy), sweep.parameter);
  const bool all = std::all_of(results.begin(), results.end(),
                               [](const SweepResult& each) { return each.keeps_within_slots; });
  chart.levels = scale.levels(sweep.points.front().db_slots);
  // Each value has the same room: those of a wide range lie at equal ratios.
  const double steps = std::max<double>(1, static_cast<double>(sweep.points.size()) - 1);
  LineChart::Line line;
  line.tone = tone_of(all);
  line.dots = true;
  for (std::size_t index = 0; index < results.size(); ++index) {
    line.points.push_back(
        {static_cast<double>(index) / steps, scale.place(results[index].peak.high)});
  }
  chart.lines.push_back(std::move(line));
  const auto middle = sweep.points.size() / 2;
  for (const auto index : {std::size_t{0}, middle, sweep.points.size() - 1}) {
    if (index == middle && sweep.points.size() < 3) continue;
    chart.ticks.push_back({static_cast<double>(index) / steps, sweep.points[index].words, false});
  }
  chart.height = 150;
  return render::svg(chart);
}

}  // namespace rcache::stampede
