#include "render/svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>

#include "render/markup.h"

namespace rcache::render {
namespace {

constexpr int k_tick_room = 20;  // pixels under the line for words
constexpr int k_head_room = 10;  // and over the bars for the heads of marks

double part(double ratio) {
  return std::isfinite(ratio) ? std::clamp(ratio, 0.0, 1.0) : 0;
}

std::string hint(std::string_view words) {
  return words.empty() ? "" : fmt::format("<title>{}</title>", escape_markup(words));
}

std::string bar_svg(const BarChart::Bar& bar, std::size_t index, std::size_t count, int bottom,
                    int room) {
  const double height = part(bar.height) * room;
  if (height <= 0) return {};
  const double width = 100.0 / static_cast<double>(count);
  const double shown = std::max(height, 1.5);  // a single key shows
  return fmt::format(
      "<rect class=\"bar\" x=\"{:.3f}%\" y=\"{:.1f}\" width=\"{:.3f}%\" "
      "height=\"{:.1f}\">{}</rect>",
      width * (static_cast<double>(index) + 0.08), bottom - shown, width * 0.84, shown,
      hint(bar.hint));
}

std::string mark_svg(const BarChart::Mark& mark, int bottom) {
  const double at = part(mark.at) * 100;
  return fmt::format(
      "<g class=\"mark\">{2}<line x1=\"{0:.3f}%\" x2=\"{0:.3f}%\" y1=\"5\" "
      "y2=\"{1}\"/><circle cx=\"{0:.3f}%\" cy=\"5\" r=\"4\"/></g>",
      at, bottom, hint(mark.hint));
}

std::string tick_svg(const BarChart::Tick& tick, int bottom) {
  const double at = part(tick.at);
  // The outermost words lean inwards, or they would be cut.
  const auto* const anchor = at < 0.02 ? "start" : at > 0.98 ? "end" : "middle";
  return fmt::format(
      "<g class=\"tick{}\"><line x1=\"{:.3f}%\" x2=\"{:.3f}%\" y1=\"{}\" y2=\"{}\"/>"
      "<text x=\"{:.3f}%\" y=\"{}\" text-anchor=\"{}\">{}</text></g>",
      tick.minor ? " minor" : "", at * 100, at * 100, bottom, bottom + 4, at * 100, bottom + 16,
      anchor, escape_markup(tick.words));
}

}  // namespace

std::string svg(const BarChart& chart) {
  const int bottom = chart.height - (chart.ticks.empty() ? 1 : k_tick_room);
  const int room = bottom - (chart.marks.empty() ? 1 : k_head_room);
  auto out = fmt::format(
      "<svg class=\"chart\" role=\"img\" aria-label=\"{}\" width=\"100%\" "
      "height=\"{}\">",
      escape_markup(chart.label), chart.height);
  for (std::size_t at = 0; at < chart.bars.size(); ++at) {
    out += bar_svg(chart.bars[at], at, chart.bars.size(), bottom, room);
  }
  out +=
      fmt::format("<line class=\"axis\" x1=\"0\" x2=\"100%\" y1=\"{0}.5\" y2=\"{0}.5\"/>", bottom);
  for (const auto& tick : chart.ticks) out += tick_svg(tick, bottom);
  for (const auto& mark : chart.marks) out += mark_svg(mark, bottom);
  return out + "</svg>";
}

}  // namespace rcache::render
