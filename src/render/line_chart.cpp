#include "render/line_chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>

#include "render/markup.h"

namespace rcache::render {
namespace {

constexpr int k_tick_room = 20;  // pixels under the line for words
constexpr int k_head_room = 14;  // and over it for the word of the highest level
constexpr double k_wide = 1000;  // units of the stretched viewport

double part(double ratio) {
  return std::isfinite(ratio) ? std::clamp(ratio, 0.0, 1.0) : 0;
}

std::string_view level_class(Tone tone) {
  switch (tone) {
    case Tone::ok:
      return "ok";
    case Tone::warn:
      return "warn";
    case Tone::fail:
      return "fail";
    default:
      return "plain";
  }
}

/// Where the plot lies, in pixels from the top.
struct Plot {
  int top = 0;
  int bottom = 0;
  double y(double ratio) const { return bottom - part(ratio) * (bottom - top); }
};

std::string path(const LineChart::Line& line, const Plot& plot) {
  std::string out;
  for (const auto& point : line.points) {
    out += fmt::format("{}{:.1f},{:.1f}", out.empty() ? "M" : "L", part(point.x) * k_wide,
                       plot.y(point.y));
  }
  return out;
}

std::string line_svg(const LineChart::Line& line, const Plot& plot) {
  if (line.points.empty()) return {};
  const auto drawn = path(line, plot);
  std::string out;
  if (line.filled) {
    out += fmt::format("<path class=\"area {}\" d=\"{}L{:.1f},{}L{:.1f},{}Z\"/>",
                       level_class(line.tone), drawn, part(line.points.back().x) * k_wide,
                       plot.bottom, part(line.points.front().x) * k_wide, plot.bottom);
  }
  return out + fmt::format("<path class=\"line {}{}{}\" d=\"{}\"/>", level_class(line.tone),
                           line.filled ? " filled" : "", line.dashed ? " dashed" : "", drawn);
}

std::string dots_svg(const LineChart::Line& line, const Plot& plot) {
  std::string out;
  if (!line.dots) return out;
  for (const auto& point : line.points) {
    out += fmt::format("<circle class=\"dot {}\" cx=\"{:.2f}%\" cy=\"{:.1f}\" r=\"2.5\"/>",
                       level_class(line.tone), part(point.x) * 100, plot.y(point.y));
  }
  return out;
}

std::string bar_svg(const LineChart::Bar& bar, const Plot& plot) {
  if (!(bar.height > 0)) return {};
  const double from = part(bar.from) * 100;
  const double width = std::max(0.0, part(bar.to) * 100 - from);
  const double height = std::max(1.5, plot.bottom - plot.y(bar.height));
  const auto hint =
      bar.hint.empty() ? std::string() : "<title>" + escape_markup(bar.hint) + "</title>";
  return fmt::format(
      "<rect class=\"bar\" x=\"{:.3f}%\" y=\"{:.1f}\" width=\"{:.3f}%\" height=\"{:.1f}\">{}"
      "</rect>",
      from + width * 0.08, plot.bottom - height, width * 0.84, height, hint);
}

std::string_view level_class(const LineChart::Level& level) {
  return level.limit ? "level limit" : "level";
}

std::string level_svg(const LineChart::Level& level, const Plot& plot) {
  const auto line = [&](std::string_view attribute) {
    return fmt::format("<line{0} x1=\"0\" x2=\"100%\" y1=\"{1:.1f}\" y2=\"{1:.1f}\"/>", attribute,
                       plot.y(level.at));
  };
  // A limit is seen over whatever is drawn.
  return fmt::format("<g class=\"{}\">{}{}</g>", level_class(level),
                     level.limit ? line(" class=\"halo\"") : std::string(), line(""));
}

std::string level_words(const LineChart::Level& level, const Plot& plot) {
  if (level.words.empty()) return {};
  // A limit's word stands at the other end, so that it meets no other.
  return fmt::format("<g class=\"{}\"><text x=\"{}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text></g>",
                     level_class(level), level.limit ? "100%" : "2", plot.y(level.at) - 3,
                     level.limit ? "end" : "start", escape_markup(level.words));
}

std::string tick_svg(const LineChart::Tick& tick, const Plot& plot) {
  const double at = part(tick.at) * 100;
  const auto* const anchor = at < 4 ? "start" : at > 96 ? "end" : "middle";
  return fmt::format(
      "<g class=\"tick{}\"><line x1=\"{:.3f}%\" x2=\"{:.3f}%\" y1=\"{}\" y2=\"{}\"/>"
      "<text x=\"{:.3f}%\" y=\"{}\" text-anchor=\"{}\">{}</text></g>",
      tick.minor ? " minor" : "", at, at, plot.bottom, plot.bottom + 4, at, plot.bottom + 16,
      anchor, escape_markup(tick.words));
}

}  // namespace

std::string svg(const LineChart& chart) {
  const Plot plot{k_head_room, chart.height - (chart.ticks.empty() ? 1 : k_tick_room)};
  auto out = fmt::format(
      "<svg class=\"chart\" role=\"img\" aria-label=\"{}\" width=\"100%\" height=\"{}\">",
      escape_markup(chart.label), chart.height);
  for (const auto& level : chart.levels)
    if (!level.limit) out += level_svg(level, plot);
  for (const auto& bar : chart.bars) out += bar_svg(bar, plot);
  if (!chart.lines.empty()) {
    out += fmt::format(
        "<svg x=\"0\" y=\"0\" width=\"100%\" height=\"{0}\" viewBox=\"0 0 1000 {0}\" "
        "preserveAspectRatio=\"none\">",
        chart.height);
    for (const auto& line : chart.lines) out += line_svg(line, plot);
    out += "</svg>";
    for (const auto& line : chart.lines) out += dots_svg(line, plot);
  }
  out += fmt::format("<line class=\"axis\" x1=\"0\" x2=\"100%\" y1=\"{0}.5\" y2=\"{0}.5\"/>",
                     plot.bottom);
  for (const auto& level : chart.levels)
    if (level.limit) out += level_svg(level, plot);
  // Over all that is drawn, or many lines would hide them.
  for (const auto& level : chart.levels) out += level_words(level, plot);
  for (const auto& tick : chart.ticks) out += tick_svg(tick, plot);
  return out + "</svg>";
}

}  // namespace rcache::render
