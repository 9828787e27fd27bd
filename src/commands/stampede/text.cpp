#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "commands/stampede/render.h"
#include "commands/stampede/sweep_render.h"
#include "commands/stampede/values.h"
#include "commands/stampede/words.h"
#include "core/key.h"
#include "core/units.h"
#include "render/chart.h"
#include "render/layout.h"
#include "render/table.h"
#include "stampede/math.h"

namespace rcache::stampede {
namespace {

using render::Align;
using render::Cell;
using render::Charset;
using render::Tone;

constexpr std::size_t k_most_width = 110;
constexpr std::size_t k_bar_width = 10;
constexpr std::size_t k_narrow_spark = 9;

double log_of_loads(double loads) {
  return log_of(loads + 1);
}

std::uint32_t highest_peak(const Report& report) {
  std::uint32_t highest = 1;
  for (const auto& each : report.strategies)
    highest = std::max(highest, static_cast<std::uint32_t>(each.peak_range.high));
  return highest;
}

/// A bar on the common scale, with a tick where the slots end.
std::string peak_bar(double peak, const Report& report, Charset charset) {
  const double full =
      log_of_loads(std::max<double>(highest_peak(report), report.scenario.db_slots));
  const auto column = [&](double loads) {
    return std::min(k_bar_width - 1, static_cast<std::size_t>(log_of_loads(loads) / full *
                                                              static_cast<double>(k_bar_width)));
  };
  const bool unicode = charset == Charset::unicode;
  const auto tick = column(report.scenario.db_slots);
  // A bar beyond the tick is beyond the slots, and only then.
  std::size_t filled = peak == 0 ? 0 : column(peak) + 1;
  filled = peak > report.scenario.db_slots ? std::max(filled, tick + 2) : std::min(filled, tick);
  if (peak > 0) filled = std::max<std::size_t>(filled, 1);
  std::string out;
  for (std::size_t index = 0; index < std::max(k_bar_width, filled); ++index) {
    if (index == tick) {
      out += unicode ? "┃" : "|";
    } else if (index < filled) {
      out += unicode ? "█" : "#";
    } else {
      out += unicode ? "░" : ".";
    }
  }
  return out;
}

std::string load_line(const StrategyReport& row, const Report& report, std::size_t width,
                      Charset charset) {
  const auto& bins = row.series.peaks;
  const double bins_in_all =
      std::max(1.0, report.simulated_seconds / std::max(row.series.bin_seconds, 1e-9));
  std::vector<std::optional<double>> columns(width);
  for (std::size_t column = 0; column < width; ++column) {
    const auto edge = [&](std::size_t at) {
      return static_cast<std::size_t>(bins_in_all * static_cast<double>(at) /
                                      static_cast<double>(width));
    };
    // What was never reached, because the run was stopped, stays empty.
    for (auto bin = edge(column); bin < std::max(edge(column + 1), edge(column) + 1); ++bin) {
      if (bin >= bins.size()) break;
      // Nothing under way leaves a gap, so that a single load can be seen.
      if (bins[bin] > 0)
        columns[column] = std::max(columns[column].value_or(0), log_of_loads(bins[bin]));
    }
  }
  auto line = render::sparkline(columns, {0, log_of_loads(highest_peak(report))}, charset);
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

std::string range_or_one(const Range& range, std::uint32_t runs) {
  const auto low = format_rounded(range.low);
  return runs > 1 && range.low < range.high ? low + "-" + format_rounded(range.high) : low;
}

class Rows {
 public:
  Rows(const Report& report, const TextOptions& options) : report_(report), options_(options) {
    for (const auto& row : report.strategies) {
      stale_ = stale_ || row.stale_age;
      errors_ = errors_ || row.errors > 0;
    }
  }

  std::string text() const {
    std::vector<render::Column> columns{{"Strategy", Align::left, true, false, 8},
                                        {"peak", Align::right},
                                        {"of loads", Align::left, false, true},
                                        {"above", Align::right, false, true}};
    if (all_loads()) columns.push_back({"loads", Align::right, false, true});
    columns.push_back({"p99.9", Align::right});
    if (stale_) columns.push_back({"stale", Align::right, false, true});
    if (errors_) columns.push_back({"errors", Align::right});
    columns.push_back({"over time", Align::left, false, true});
    render::Table table(std::move(columns));
    for (const auto& row : report_.strategies) table.add(cells(row));
    return table.text({options_.width, 0, options_.color, options_.charset});
  }

 private:
  /// All loads, which matter least, make room for errors and ranges.
  bool all_loads() const { return !errors_ && report_.runs == 1; }
  std::vector<Cell> cells(const StrategyReport& row) const {
    const auto tone = row.keeps_within_slots ? Tone::ok : Tone::fail;
    std::vector<Cell> out;
    out.emplace_back(std::string(to_string(row.strategy)));
    out.emplace_back(range_or_one(row.peak_range, report_.runs), tone);
    out.emplace_back(peak_bar(row.peak_range.high, report_, options_.charset));
    out.emplace_back(row.seconds_above_slots > 0 ? format_span(row.seconds_above_slots) : "-");
    if (all_loads()) out.emplace_back(format_count(row.loads));
    out.emplace_back(format_span(row.latency.p999));
    if (stale_) out.emplace_back(row.stale_age ? format_span(row.stale_age->max) : "-");
    if (errors_) out.emplace_back(errors(row), row.errors > 0 ? Tone::warn : Tone::plain);
    // What a wide terminal has more is for the line.
    const std::size_t room =
        options_.width > 80 ? k_narrow_spark + options_.width - 80 : k_narrow_spark;
    out.emplace_back(load_line(row, report_, room, options_.charset));
    return out;
  }
  static std::string errors(const StrategyReport& row) {
    if (row.errors == 0) return "-";
    return format_ratio(static_cast<double>(row.errors) / static_cast<double>(row.requests));
  }

  const Report& report_;
  const TextOptions& options_;
  bool stale_ = false;
  bool errors_ = false;
};

}  // namespace

std::string text(const Report& report, const TextOptions& given) {
  auto options = given;
  options.width = std::clamp(given.width, k_least_width, k_most_width);
  std::string out;
  const auto paragraph = [&](const std::string& words, Tone tone) {
    for (const auto& line : render::wrap(words, options.width))
      out += render::paint(line, tone, options.color) + "\n";
  };
  paragraph(title(report), Tone::heading);
  for (const auto& line : setting(report)) paragraph(line, Tone::plain);
  out += "\n";
  for (const auto& [words, tone] : verdict(report)) paragraph(words, tone);
  out += "\n";
  out += Rows(report, options).text();
  paragraph(legend(report, options.charset), Tone::plain);
  if (report.sweep) out += "\n" + sweep_text(report, options);
  if (report.elapsed_seconds && report.simulated_requests_per_second) {
    paragraph(fmt::format("{} of simulation, {} requests", format_span(*report.elapsed_seconds),
                          format_rate(*report.simulated_requests_per_second)),
              Tone::plain);
  }
  return out;
}

}  // namespace rcache::stampede
