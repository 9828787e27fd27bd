#include "render/html.h"

#include <doctest/doctest.h>

#include <limits>

#include "render/svg.h"
#include "support/strict_xml.h"

namespace rcache::render {

TEST_CASE("html: the body of a small page, whole") {
  HtmlPage page("A <title>");
  page.verdict(Tone::fail, "Fail", {"one & two"});
  page.heading("Part");
  page.paragraph("words");
  page.command("rcache 'x'");
  page.figures({{"Keys", "12", "", Tone::plain}, {"Wrong", "3", "1 new", Tone::warn}});
  page.table({{"Pattern", Align::left}, {"Keys", Align::right, false, true}},
             {{code_cell("<a>"), "1"}, {HtmlCell("b", Tone::ok), HtmlCell("2")}});
  page.list({"first"});
  page.footer("end");
  const auto document = page.str();
  const auto begin = document.find("<main>");
  REQUIRE(begin != std::string::npos);
  CHECK(document.substr(begin) == R"html(<main>
<h1>A &lt;title&gt;</h1>
<section class="verdict fail">
<strong>Fail</strong>
<p>one &amp; two</p>
</section>
<h2>Part</h2>
<p>words</p>
<pre>rcache &#39;x&#39;</pre>
<div class="figures">
<div class="figure"><span>Keys</span><b class="plain">12</b></div>
<div class="figure"><span>Wrong</span><b class="warn">3</b><small>1 new</small></div>
</div>
<div class="scroll"><table>
<thead><tr><th scope="col" class="words">Pattern</th><th scope="col" class="number minor">Keys</th></tr></thead>
<tbody>
<tr><td class="words"><code class="plain">&lt;a&gt;</code></td><td class="number minor">1</td></tr>
<tr><td class="words"><span class="ok">b</span></td><td class="number minor">2</td></tr>
</tbody></table></div>
<ul>
<li>first</li>
</ul>
<footer>end</footer>
</main>
</body>
</html>
)html");
}

TEST_CASE("svg: bars, ticks and marks, whole") {
  BarChart chart;
  chart.label = "a \"chart\"";
  chart.bars = {{1, "all"}, {0, ""}, {0.5, ""}, {0.0001, ""}};
  chart.ticks = {{0, "1s"}, {0.5, "1m", true}, {1, "1d"}};
  chart.marks = {{0.25, "<cliff>"}};
  chart.height = 130;
  CHECK(svg(chart) ==
        "<svg class=\"chart\" role=\"img\" aria-label=\"a &quot;chart&quot;\" width=\"100%\" "
        "height=\"130\">"
        "<rect class=\"bar\" x=\"2.000%\" y=\"10.0\" width=\"21.000%\" height=\"100.0\">"
        "<title>all</title></rect>"
        "<rect class=\"bar\" x=\"52.000%\" y=\"60.0\" width=\"21.000%\" height=\"50.0\"></rect>"
        "<rect class=\"bar\" x=\"77.000%\" y=\"108.5\" width=\"21.000%\" height=\"1.5\"></rect>"
        "<line class=\"axis\" x1=\"0\" x2=\"100%\" y1=\"110.5\" y2=\"110.5\"/>"
        "<g class=\"tick\"><line x1=\"0.000%\" x2=\"0.000%\" y1=\"110\" y2=\"114\"/>"
        "<text x=\"0.000%\" y=\"126\" text-anchor=\"start\">1s</text></g>"
        "<g class=\"tick minor\"><line x1=\"50.000%\" x2=\"50.000%\" y1=\"110\" y2=\"114\"/>"
        "<text x=\"50.000%\" y=\"126\" text-anchor=\"middle\">1m</text></g>"
        "<g class=\"tick\"><line x1=\"100.000%\" x2=\"100.000%\" y1=\"110\" y2=\"114\"/>"
        "<text x=\"100.000%\" y=\"126\" text-anchor=\"end\">1d</text></g>"
        "<g class=\"mark\"><title>&lt;cliff&gt;</title>"
        "<line x1=\"25.000%\" x2=\"25.000%\" y1=\"5\" y2=\"110\"/>"
        "<circle cx=\"25.000%\" cy=\"5\" r=\"4\"/></g></svg>");
}

TEST_CASE("svg: nothing, and numbers that are none, draw nothing and stay well formed") {
  BarChart chart;
  CHECK(test::StrictXml::parse(svg(chart)).size() == 2);  // the element and its line
  chart.bars = {{std::numeric_limits<double>::quiet_NaN()},
                {std::numeric_limits<double>::infinity()},
                {-1},
                {7}};
  chart.marks = {{std::numeric_limits<double>::quiet_NaN(), "</svg><script>"}};
  const auto text = svg(chart);
  CHECK(text.find("nan") == std::string::npos);
  CHECK(text.find("inf") == std::string::npos);
  const auto elements = test::StrictXml::parse(text);
  CHECK(elements.size() ==
        7);  // svg, one bar and its title, the line; the mark's g, title, line, circle
}

}  // namespace rcache::render
