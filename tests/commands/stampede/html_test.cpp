#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "commands/stampede/render.h"
#include "stampede/presets.h"
#include "stampede/simulate.h"
#include "stampede/sweep.h"
#include "support/browser.h"
#include "support/skip.h"

namespace rcache::stampede {
namespace {

constexpr std::string_view k_hostile =
    "</title><script>document.title='ran'</script><img src=x onerror=alert(1)>\"'>&amp;]]>"
    "<style>*{display:none}</style>\xff\x1b[2J\xe2\x80\xae";

std::size_t count(std::string_view text, std::string_view what) {
  std::size_t out = 0;
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string_view::npos; ++at) ++out;
  return out;
}

Job job_of(const std::string& name) {
  Job job;
  job.scenario = preset_named("one-hot-key")->scenario;
  job.scenario.name = name;
  job.scenario.duration = 130 * k_second;
  const auto all = all_strategies();
  job.strategies.assign(all.begin(), all.end());
  return job;
}

Report report_of(const std::string& name) {
  const auto job = job_of(name);
  auto report = simulate(job, generated_arrivals(job.scenario));
  std::vector<SweepValue> values;
  for (const int ms : {50, 100, 200}) {
    SweepValue value{ms / 1000.0, std::to_string(ms) + " ms", job.scenario};
    value.scenario.load_time.span = ms * k_millisecond;
    values.push_back(std::move(value));
  }
  report.sweep = simulate_sweep(job, "load-time", SweepUnit::seconds, values);
  return report;
}

}  // namespace

TEST_CASE("stampede html: the page needs nothing from outside and runs nothing") {
  const auto page = html(report_of("cart"));
  CHECK(page.starts_with("<!DOCTYPE html>\n"));
  CHECK(count(page, "default-src 'none'") == 1);
  for (const auto* never : {"http:", "https:", "//", "url(", "@import", "<script", "<link", "<img",
                            "<iframe", " href", " src"}) {
    CAPTURE(never);
    CHECK(count(page, never) == 0);
  }
  // Of each of 14 strategies loads, sweep and latency; stampede sizes; stale ages of three.
  CHECK(count(page, "<figure>") == 14 * 4 + 3);
  CHECK(count(page, "cart: 1 key") == 2);  // title and heading
}

TEST_CASE("stampede html: the slots are in every chart of loads, and the law where there is one") {
  auto job = job_of("cart");
  job.scenario.db = DatabaseModel::unlimited;
  const auto page = html(simulate(job, generated_arrivals(job.scenario)));
  CHECK(count(page, ">10 slots</text>") == 14);
  // none, jitter, swr, xfetch, xfetch-nodelta and three with a lock
  CHECK(count(page, "class=\"line warn dashed\"") == 8);
}

TEST_CASE("stampede html: a run that was stopped, one without requests, and a single bin") {
  auto job = job_of("");
  job.scenario.max_in_flight = 50;
  const auto stopped = html(simulate(job, generated_arrivals(job.scenario)));
  CHECK(count(stopped, "never recovers") > 0);
  job.scenario.duration = k_millisecond;
  job.scenario.rate = 1e-6;
  const auto nothing = html(simulate(job, generated_arrivals(job.scenario)));
  CHECK(count(nothing, "nan") == 0);
  CHECK(count(nothing, "It can be held") == 1);
  CHECK(html(Report{}).ends_with("</html>\n"));
}

TEST_CASE("stampede html: no name is markup") {
  const auto plain = html(report_of("cart"));
  const auto hostile = html(report_of(std::string(k_hostile)));
  for (const auto* sign : {"<", ">", "\""}) CHECK(count(hostile, sign) == count(plain, sign));
}

TEST_CASE("stampede html: a browser shows it whole on a phone and a desk, light and dark") {
  if (test::find_browser().empty()) {
    test::report_skipped(test::current_test(), "there is no chromium (scripts/install-packages)");
    return;
  }
  const auto plain = html(report_of("cart"));
  const auto hostile = html(report_of(std::string(k_hostile)));
  const auto seen = test::look_at({{plain, 390}, {plain, 1280}, {hostile, 390}, {hostile, 1280}},
                                  test::Scheme::light);
  REQUIRE(seen.size() == 4);
  for (std::size_t at = 0; at < seen.size(); ++at) {
    CAPTURE(at);
    CHECK(seen[at].title != "ran");
    CHECK(seen[at].foreign == 0);
    CHECK(seen[at].handlers == 0);
    CHECK(seen[at].overflow_pixels <= 0);
    CHECK(seen[at].text_height > 2000);
    CHECK(seen[at].ground == "rgb(255, 255, 255)");
  }
  CHECK(seen[2].elements == seen[0].elements);
  CHECK(seen[0].text_height > seen[1].text_height);
  const auto dark = test::look_at({{plain, 390}}, test::Scheme::dark);
  CHECK(dark[0].ground == "rgb(20, 23, 28)");
}

}  // namespace rcache::stampede
