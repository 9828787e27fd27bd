#pragma once

#include <string>
#include <vector>

namespace rcache::render {

/// A chart of bars over a line, for a page of render/html.h: its colours and letters are the
/// page's.
///
/// It is as wide as its place and `height` pixels high: bars stretch with the place, letters do
/// not. In: any bytes in the texts.
struct BarChart {
  struct Bar {
    double height = 0;      ///< 0 to 1 of the chart
    std::string hint = {};  ///< shown when one points at it
  };
  /// A word under the line.
  struct Tick {
    double at = 0;  ///< 0 (left) to 1
    std::string words;
    bool minor = false;  ///< left out where there is little room
  };
  /// A line from top to bottom: something happens here.
  struct Mark {
    double at = 0;
    std::string hint = {};
  };

  std::string label;  ///< what it shows, for those who cannot see it
  std::vector<Bar> bars = {};
  std::vector<Tick> ticks = {};
  std::vector<Mark> marks = {};
  int height = 160;
};

/// The chart as an element of SVG.
///
/// Source:  https://www.w3.org/TR/SVG2/, 8 and 10 (lengths in percent need no viewBox)
std::string svg(const BarChart& chart);

}  // namespace rcache::render
