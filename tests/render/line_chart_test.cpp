#include "render/line_chart.h"

#include <doctest/doctest.h>

#include <limits>

#include "support/strict_xml.h"

namespace rcache::render {

TEST_CASE("svg: lines, levels, bars and ticks, whole") {
  LineChart chart;
  chart.label = "a <chart>";
  chart.height = 134;
  chart.bars = {{0, 0.5, 1, "all & more"}, {0.5, 1, 0, ""}};
  chart.lines = {{{{0, 0}, {1, 1}}, Tone::fail, true, true, true}};
  chart.levels = {{0.5, "10", false}, {1, "10 slots", true}};
  chart.ticks = {{0, "0", false}, {1, "5m", true}};
  CHECK(svg(chart) ==
        "<svg class=\"chart\" role=\"img\" aria-label=\"a &lt;chart&gt;\" width=\"100%\" "
        "height=\"134\">"
        "<g class=\"level\"><line x1=\"0\" x2=\"100%\" y1=\"64.0\" y2=\"64.0\"/></g>"
        "<rect class=\"bar\" x=\"4.000%\" y=\"14.0\" width=\"42.000%\" height=\"100.0\">"
        "<title>all &amp; more</title></rect>"
        "<svg x=\"0\" y=\"0\" width=\"100%\" height=\"134\" viewBox=\"0 0 1000 134\" "
        "preserveAspectRatio=\"none\">"
        "<path class=\"area fail\" d=\"M0.0,114.0L1000.0,14.0L1000.0,114L0.0,114Z\"/>"
        "<path class=\"line fail filled dashed\" d=\"M0.0,114.0L1000.0,14.0\"/></svg>"
        "<circle class=\"dot fail\" cx=\"0.00%\" cy=\"114.0\" r=\"2.5\"/>"
        "<circle class=\"dot fail\" cx=\"100.00%\" cy=\"14.0\" r=\"2.5\"/>"
        "<line class=\"axis\" x1=\"0\" x2=\"100%\" y1=\"114.5\" y2=\"114.5\"/>"
        "<g class=\"level limit\"><line class=\"halo\" x1=\"0\" x2=\"100%\" y1=\"14.0\" "
        "y2=\"14.0\"/><line x1=\"0\" x2=\"100%\" y1=\"14.0\" y2=\"14.0\"/></g>"
        "<g class=\"level\"><text x=\"2\" y=\"61.0\" text-anchor=\"start\">10</text></g>"
        "<g class=\"level limit\"><text x=\"100%\" y=\"11.0\" text-anchor=\"end\">10 "
        "slots</text></g>"
        "<g class=\"tick\"><line x1=\"0.000%\" x2=\"0.000%\" y1=\"114\" y2=\"118\"/>"
        "<text x=\"0.000%\" y=\"130\" text-anchor=\"start\">0</text></g>"
        "<g class=\"tick minor\"><line x1=\"100.000%\" x2=\"100.000%\" y1=\"114\" y2=\"118\"/>"
        "<text x=\"100.000%\" y=\"130\" text-anchor=\"end\">5m</text></g></svg>");
}

TEST_CASE("svg: a chart of lines is XML, whatever comes in") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double inf = std::numeric_limits<double>::infinity();
  LineChart chart;
  chart.label = "\"><script>\xff\x01";
  chart.lines = {{{{nan, inf}, {-1, 2}, {inf, nan}}, Tone::ok, true, true, false}, {}};
  chart.bars = {{nan, inf, nan, "x"}, {1, 0, inf, "]]>"}};
  chart.levels = {{nan, "<", true}};
  chart.ticks = {{inf, "&", false}};
  const auto drawn = svg(chart);
  CHECK_NOTHROW(test::StrictXml::parse(drawn));
  CHECK(drawn.find("nan") == std::string::npos);
  CHECK(drawn.find("inf") == std::string::npos);
  CHECK(drawn.find("<script") == std::string::npos);
}

}  // namespace rcache::render
