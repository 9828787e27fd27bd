#include "render/prometheus.h"

#include <doctest/doctest.h>

#include <limits>

namespace rcache::render {
namespace {

constexpr MetricFamily k_families[] = {
    {"x_hits_total", MetricType::counter, "Reads that hit."},
    {"x_ratio", MetricType::gauge, "A ratio."},
    {"x_unused", MetricType::gauge, "Nothing."},
};

const std::optional<std::int64_t> k_one = 1;

TEST_CASE("prometheus: samples of a family stand together, in the order of the table") {
  PrometheusPage page(k_families);
  page.add("x_ratio", std::optional(0.5), {{"db", "0"}});
  page.add("x_hits_total", k_one);
  page.add("x_ratio", std::optional(0.25), {{"db", "1"}, {"node", "a:1"}});
  CHECK(page.str() ==
        "# HELP x_hits_total Reads that hit.\n"
        "# TYPE x_hits_total counter\n"
        "x_hits_total 1\n"
        "# HELP x_ratio A ratio.\n"
        "# TYPE x_ratio gauge\n"
        "x_ratio{db=\"0\"} 0.5\n"
        "x_ratio{db=\"1\",node=\"a:1\"} 0.25\n");
}

TEST_CASE("prometheus: label values are escaped, and are UTF-8 whatever came") {
  PrometheusPage page(k_families);
  page.add("x_ratio", std::optional(1.0), {{"node", "a\"b\\c\nd"}});
  page.add("x_ratio", std::optional(1.0), {{"node", "\xff"}});
  CHECK(page.str() ==
        "# HELP x_ratio A ratio.\n"
        "# TYPE x_ratio gauge\n"
        "x_ratio{node=\"a\\\"b\\\\c\\nd\"} 1\n"
        "x_ratio{node=\"\\\\xff\"} 1\n");
}

TEST_CASE("prometheus: a series comes once, and the unknown not at all") {
  PrometheusPage page(k_families);
  CHECK(page.add("x_ratio", std::optional(1.0)));
  CHECK_FALSE(page.add("x_ratio", std::optional(2.0)));
  CHECK_FALSE(page.add("x_hits_total", std::optional<std::int64_t>()));
  CHECK_FALSE(page.add("x_unused", std::optional(std::numeric_limits<double>::quiet_NaN())));
  CHECK(page.str() ==
        "# HELP x_ratio A ratio.\n"
        "# TYPE x_ratio gauge\n"
        "x_ratio 1\n");
  CHECK(PrometheusPage(k_families).str() == "");
}

}  // namespace
}  // namespace rcache::render
