#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "render/style.h"

namespace rcache::render {

/// A bar of exactly `width` columns, filled by `ratio` (0 to 1; what is outside counts as the end).
/// Anything above 0 shows, and only a full 1 fills it.
std::string bar(double ratio, std::size_t width, Charset charset);

/// The values at the lower and upper edge of a chart.
struct Scale {
  double low = 0;
  double high = 1;
};

/// The scale that just holds the values; empty when there are none.
std::optional<Scale> scale_of(std::span<const std::optional<double>> values);

/// One column for each value, eight heights; a missing value is a space. Values outside the scale
/// are drawn at its edge; on a scale without height all are drawn low when they are 0, else in the
/// middle.
std::string sparkline(std::span<const std::optional<double>> values, Scale scale, Charset charset);

}  // namespace rcache::render
