#pragma once

#include <string_view>

namespace rcache::render {

/// How pages of render/html.h look: one column of at most 1,100 pixels, the reader's own letters,
/// and colours that keep 4.5 : 1 against their ground in light and dark.
///
/// Source:  https://www.w3.org/TR/WCAG22/#contrast-minimum
inline constexpr std::string_view k_html_style = R"css(:root {
  --ground: #ffffff; --panel: #f5f6f8; --text: #1c2026; --quiet: #5b6470; --line: #d8dce2;
  --bar: #3b6fb6; --ok: #18703a; --warn: #8a5a00; --fail: #b3261e;
  --ok-ground: #e8f5ec; --warn-ground: #fdf3dc; --fail-ground: #fdecea;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14171c; --panel: #1d2128; --text: #e4e7ec; --quiet: #9aa4b2; --line: #343a44;
    --bar: #6fa3e8; --ok: #6fce92; --warn: #e8b44c; --fail: #ff8f85;
    --ok-ground: #16291d; --warn-ground: #2c2413; --fail-ground: #331b19;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--ground); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
  -webkit-text-size-adjust: 100%;
}
main { max-width: 1100px; margin: 0 auto; padding: 24px 16px 48px; }
h1 { font-size: 20px; margin: 0 0 12px; overflow-wrap: anywhere; }
h2 { font-size: 16px; margin: 32px 0 8px; overflow-wrap: anywhere; }
p { margin: 4px 0; overflow-wrap: anywhere; }
ul { margin: 4px 0; padding-left: 20px; }
li { overflow-wrap: anywhere; }
pre {
  margin: 4px 0 12px; padding: 8px 12px; background: var(--panel); border-radius: 6px;
  white-space: pre-wrap; overflow-wrap: anywhere;
}
pre, code { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: 13px; }
code { overflow-wrap: anywhere; white-space: pre-wrap; }
footer { margin-top: 40px; color: var(--quiet); font-size: 13px; overflow-wrap: anywhere; }
.ok { color: var(--ok); } .warn { color: var(--warn); } .fail { color: var(--fail); }
.unknown { color: var(--quiet); }
.verdict { margin-bottom: 8px; color: var(--text); padding: 12px 16px; border-left: 4px solid; border-radius: 6px; }
.verdict strong { text-transform: uppercase; letter-spacing: 0.06em; font-size: 13px; }
.verdict.ok { background: var(--ok-ground); border-color: var(--ok); }
.verdict.ok strong { color: var(--ok); }
.verdict.warn { background: var(--warn-ground); border-color: var(--warn); }
.verdict.warn strong { color: var(--warn); }
.verdict.fail { background: var(--fail-ground); border-color: var(--fail); }
.verdict.fail strong { color: var(--fail); }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; margin: 16px 0; }
.figure { background: var(--panel); border-radius: 6px; padding: 10px 14px; }
.figure span, .figure small { display: block; color: var(--quiet); font-size: 13px; overflow-wrap: anywhere; }
.figure b { display: block; font-size: 22px; line-height: 1.3; font-variant-numeric: tabular-nums; }
figure { margin: 8px 0 0; }
figcaption { color: var(--quiet); font-size: 13px; margin-top: 4px; }
.chart { display: block; overflow: visible; }
.chart .bar { fill: var(--bar); }
.chart .axis, .chart .tick line { stroke: var(--line); }
.chart text { fill: var(--quiet); font-size: 12px; }
.chart .mark line { stroke: var(--fail); stroke-width: 1.5; stroke-dasharray: 3 3; }
.chart .mark circle { fill: var(--fail); }
.chart .line { fill: none; stroke: var(--bar); stroke-width: 1.5; stroke-linejoin: round; vector-effect: non-scaling-stroke; }
.chart .line.filled { stroke-width: 1; }
.chart .area { fill: var(--bar); opacity: 0.35; }
.chart .dot { fill: var(--bar); }
.chart .line.ok { stroke: var(--ok); } .chart .area.ok, .chart .dot.ok { fill: var(--ok); }
.chart .line.fail { stroke: var(--fail); } .chart .area.fail, .chart .dot.fail { fill: var(--fail); }
.chart .line.warn { stroke: var(--warn); } .chart .area.warn, .chart .dot.warn { fill: var(--warn); }
.chart .dashed { stroke-dasharray: 4 3; }
.chart .level line { stroke: var(--line); }
.chart .limit .halo.halo { stroke: var(--ground); stroke-width: 4; stroke-dasharray: none; opacity: 0.7; }
.chart .limit line { stroke: var(--warn); stroke-width: 1.5; stroke-dasharray: 5 3; }
.chart .level text { paint-order: stroke; stroke: var(--ground); stroke-width: 3px; stroke-linejoin: round; }
.chart .limit text { fill: var(--warn); }
.multiples { display: grid; grid-template-columns: repeat(auto-fill, minmax(250px, 1fr)); gap: 20px 24px; margin: 12px 0; }
.multiples figure { margin: 0; min-width: 0; }
.multiples b { display: block; font-size: 14px; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
th { color: var(--quiet); font-weight: 600; font-size: 13px; white-space: nowrap; }
th, td { padding: 6px 16px 6px 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: middle; }
th:last-child, td:last-child { padding-right: 0; }
td.words { min-width: 96px; overflow-wrap: anywhere; }
th.number, td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.spark { width: 140px; }
@media (max-width: 640px) {
  .minor { display: none; }
  th, td { padding-right: 10px; }
  .spark { width: 80px; }
  .figures { grid-template-columns: 1fr 1fr; }
  .multiples { grid-template-columns: repeat(auto-fill, minmax(155px, 1fr)); gap: 18px 16px; }
}
@media print { .verdict, .figure, pre { border: 1px solid var(--line); } }
)css";

}  // namespace rcache::render
