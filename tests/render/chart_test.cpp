#include "render/chart.h"

#include <doctest/doctest.h>

#include <limits>
#include <vector>

#include "core/utf8.h"

namespace rcache::render {
namespace {

using Values = std::vector<std::optional<double>>;

TEST_CASE("bar: eighths of a column, and always the same width") {
  CHECK(bar(0.5, 4, Charset::unicode) == "██░░");
  CHECK(bar(0.53125, 4, Charset::unicode) == "██▏░");
  CHECK(bar(0, 4, Charset::unicode) == "░░░░");
  CHECK(bar(1, 4, Charset::unicode) == "████");
  CHECK(bar(0.5, 4, Charset::ascii) == "##..");
}

TEST_CASE("bar: something is not nothing, nearly all is not all, nonsense is an end") {
  CHECK(bar(0.0001, 4, Charset::unicode) == "▏░░░");
  CHECK(bar(0.9999, 4, Charset::unicode) == "███▉");
  CHECK(bar(0.0001, 4, Charset::ascii) == "#...");
  CHECK(bar(0.9999, 4, Charset::ascii) == "###.");
  CHECK(bar(-1, 2, Charset::ascii) == "..");
  CHECK(bar(7, 2, Charset::ascii) == "##");
  CHECK(bar(std::numeric_limits<double>::quiet_NaN(), 2, Charset::ascii) == "..");
  CHECK(bar(0.5, 0, Charset::unicode) == "");
  for (int step = 0; step <= 100; ++step) {
    CAPTURE(step);
    CHECK(display_width(bar(step / 100.0, 10, Charset::unicode)) == 10);
  }
}

TEST_CASE("scale_of: the range of what is there") {
  const auto scale = scale_of(Values{3, {}, -1, 7});
  REQUIRE(scale);
  CHECK(scale->low == -1);
  CHECK(scale->high == 7);
  CHECK_FALSE(scale_of(Values{}));
  CHECK_FALSE(scale_of(Values{std::nullopt}));
}

TEST_CASE("sparkline: eight heights, gaps for what is missing") {
  const Values values{0, 1, 2, 3, {}, 4, 5, 6, 7};
  CHECK(sparkline(values, {0, 7}, Charset::unicode) == "▁▂▃▄ ▅▆▇█");
  CHECK(sparkline(values, {0, 7}, Charset::ascii) == "_.-: =+*#");
  CHECK(sparkline(Values{-5, 99}, {0, 1}, Charset::unicode) == "▁█");
  CHECK(sparkline(Values{0, 0}, {0, 0}, Charset::unicode) == "▁▁");
  CHECK(sparkline(Values{5, 5}, {5, 5}, Charset::unicode) == "▄▄");
  CHECK(sparkline(Values{}, {0, 1}, Charset::unicode) == "");
}

}  // namespace
}  // namespace rcache::render
