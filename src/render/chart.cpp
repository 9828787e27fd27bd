#include "render/chart.h"

#include <algorithm>
#include <cmath>
#include <string_view>

namespace rcache::render {
namespace {

constexpr std::size_t k_levels = 8;

constexpr std::string_view k_eighths[k_levels] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
constexpr std::string_view k_heights[k_levels] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
constexpr std::string_view k_ascii_heights = "_.-:=+*#";

/// A number of steps out of `all` that is 0 only for nothing and all only for the whole.
std::size_t steps(double ratio, std::size_t all) {
  if (!(ratio > 0) || all == 0) return 0;  // NaN is nothing
  if (ratio >= 1) return all;
  const auto rounded = static_cast<std::size_t>(std::lround(ratio * static_cast<double>(all)));
  return std::clamp<std::size_t>(rounded, 1, std::max<std::size_t>(all - 1, 1));
}

std::size_t level(double value, Scale scale) {
  if (!(scale.high > scale.low)) return value == 0 ? 0 : k_levels / 2 - 1;
  const double ratio = std::clamp((value - scale.low) / (scale.high - scale.low), 0.0, 1.0);
  return std::min(static_cast<std::size_t>(ratio * k_levels), k_levels - 1);
}

}  // namespace

std::string bar(double ratio, std::size_t width, Charset charset) {
  std::string out;
  if (charset == Charset::ascii) {
    const auto filled = steps(ratio, width);
    return out.append(filled, '#').append(width - filled, '.');
  }
  const auto filled = steps(ratio, width * k_levels);
  for (std::size_t column = 0; column < width; ++column) {
    const auto before = column * k_levels;
    if (filled >= before + k_levels) {
      out += "█";
    } else if (filled > before) {
      out += k_eighths[filled - before];
    } else {
      out += "░";
    }
  }
  return out;
}

std::optional<Scale> scale_of(std::span<const std::optional<double>> values) {
  std::optional<Scale> out;
  for (const auto& value : values) {
    if (!value || !std::isfinite(*value)) continue;
    if (!out) out = Scale{*value, *value};
    out->low = std::min(out->low, *value);
    out->high = std::max(out->high, *value);
  }
  return out;
}

std::string sparkline(std::span<const std::optional<double>> values, Scale scale, Charset charset) {
  std::string out;
  for (const auto& value : values) {
    if (!value || !std::isfinite(*value)) {
      out += ' ';
    } else if (charset == Charset::ascii) {
      out += k_ascii_heights[level(*value, scale)];
    } else {
      out += k_heights[level(*value, scale)];
    }
  }
  return out;
}

}  // namespace rcache::render
