#pragma once

#include <string>
#include <utility>
#include <vector>

#include "render/style.h"

namespace rcache::render {

/// A chart of lines, for a page of render/html.h: its colours and letters are the page's.
///
/// As wide as its place and `height` pixels high: lines stretch with the place, letters do not. All
/// places are 0 to 1, from left to right and from bottom to top. In: any bytes in the texts.
struct LineChart {
  struct Point {
    double x = 0;
    double y = 0;
  };
  struct Line {
    std::vector<Point> points = {};
    Tone tone = Tone::plain;
    bool filled = false;  ///< down to the bottom
    bool dots = false;    ///< each point is marked: it is a value of its own
    bool dashed = false;  ///< what is expected, not what was seen
  };
  /// A line from left to right, with a word over it.
  struct Level {
    double at = 0;
    std::string words = {};
    bool limit = false;  ///< what must not be passed
  };
  /// A word under the chart.
  struct Tick {
    double at = 0;
    std::string words = {};
    bool minor = false;  ///< left out where there is little room
  };
  /// A bar, its foot at the bottom.
  struct Bar {
    double from = 0;
    double to = 0;
    double height = 0;
    std::string hint = {};
  };

  std::string label = {};  ///< what it shows, for those who cannot see it
  std::vector<Bar> bars = {};
  std::vector<Line> lines = {};
  std::vector<Level> levels = {};
  std::vector<Tick> ticks = {};
  int height = 120;
};

/// The chart as an element of SVG.
///
/// Source:  https://www.w3.org/TR/SVG2/, 8.2 (nested viewports) and 8.13 (vector-effect)
std::string svg(const LineChart& chart);

}  // namespace rcache::render
