#include "render/html.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "commands/audit_ttl/interval.h"
#include "commands/audit_ttl/next_steps.h"
#include "commands/audit_ttl/render.h"
#include "commands/audit_ttl/words.h"
#include "core/units.h"
#include "render/svg.h"

namespace rcache::audit_ttl {
namespace {

using render::Align;
using render::HtmlCell;
using render::HtmlPage;
using render::Tone;

constexpr double k_first_ms = 1000;
constexpr std::size_t k_timeline_bars = 80;
constexpr std::size_t k_group_bars = 24;

std::string ttl_or_dash(std::optional<std::int64_t> ms) {
  return ms ? lifetime(*ms) : "-";
}

double end_of(const AuditReport& report) {
  constexpr double k_day_ms = 86'400'000;
  return std::max(static_cast<double>(report.ttl.max_ms().value_or(0)) * 1.05, k_day_ms);
}

/// Where a time stands on the logarithmic line from a second to `end_ms`.
double place(double ms, double end_ms) {
  return std::log(std::max(ms, k_first_ms) / k_first_ms) / std::log(end_ms / k_first_ms);
}

std::vector<render::BarChart::Bar> bars_of(const TtlHistogram& ttl, double end_ms,
                                           std::size_t number) {
  const auto bins = ttl.bins(k_first_ms, end_ms, number);
  double highest = 0;
  for (const auto& bin : bins) highest = std::max(highest, bin.keys);
  std::vector<render::BarChart::Bar> out;
  for (const auto& bin : bins) {
    if (bin.keys < 0.5) {
      out.push_back({});
      continue;
    }
    // The root lets a few keys be seen beside many.
    out.push_back({std::sqrt(bin.keys / highest),
                   fmt::format("{} in {} to {}",
                               counted(static_cast<std::uint64_t>(std::llround(bin.keys)), "key"),
                               lifetime(static_cast<std::int64_t>(bin.from_ms)),
                               lifetime(static_cast<std::int64_t>(bin.to_ms)))});
  }
  return out;
}

std::string timeline(const AuditReport& report) {
  const auto end = end_of(report);
  render::BarChart chart;
  chart.label = "Keys by the time in which they expire";
  chart.bars = bars_of(report.ttl, end, k_timeline_bars);
  const std::tuple<const char*, double, bool> ticks[] = {
      {"1s", 1e3, false},       {"10s", 1e4, true},      {"1m", 6e4, false},
      {"10m", 6e5, false},      {"1h", 3.6e6, false},    {"6h", 2.16e7, true},
      {"1d", 8.64e7, false},    {"7d", 6.048e8, true},   {"30d", 2.592e9, true},
      {"1y", 3.1536e10, false}, {"10y", 3.1536e11, true}};
  for (const auto& [words, ms, minor] : ticks) {
    if (ms <= end) chart.ticks.push_back({place(ms, end), words, minor});
  }
  for (const auto& cliff : report.cliffs) {
    const auto left = static_cast<double>(cliff.at_unix_ms - report.at_unix_ms);
    chart.marks.push_back({place(left, end), words_of(cliff, report.at_unix_ms)});
  }
  chart.height = 180;
  return render::svg(chart);
}

std::string group_chart(const AuditReport& report, const Group& group) {
  if (group.ttl.empty()) return {};
  render::BarChart chart;
  chart.label = fmt::format("TTL from {} to {}", ttl_or_dash(group.ttl.min_ms()),
                            ttl_or_dash(group.ttl.max_ms()));
  chart.bars = bars_of(group.ttl, end_of(report), k_group_bars);
  chart.height = 28;
  return render::svg(chart);
}

void add_verdict(HtmlPage& page, const AuditReport& report) {
  const auto& verdict = report.verdict;
  const auto tone = verdict.ending == Ending::findings     ? Tone::fail
                    : verdict.ending == Ending::incomplete ? Tone::warn
                                                           : Tone::ok;
  const auto* const word = verdict.ending == Ending::findings     ? "Fail"
                           : verdict.ending == Ending::incomplete ? "Incomplete"
                                                                  : "Ok";
  page.verdict(tone, word, verdict.reasons);
}

std::string joined(const std::vector<std::string>& patterns) {
  std::string out;
  for (const auto& pattern : patterns) out += (out.empty() ? "" : ", ") + shown(pattern);
  return out;
}

void add_scope(HtmlPage& page, const AuditReport& report) {
  std::string words = report.patterns.empty() ? "All keys" : "Keys of " + joined(report.patterns);
  if (!report.excludes.empty()) words += " without " + joined(report.excludes);
  if (!report.server.empty()) words += ", " + in_quotes(report.server);
  if (!report.policy.empty()) words += ", policy " + in_quotes(report.policy);
  if (report.sample) {
    words += fmt::format(", a random sample of {}", counted(report.sample->keys, "key"));
    if (report.sample->population > 0) words += " of " + format_count(report.sample->population);
  }
  page.paragraph(words + ".");
}

void add_repair(HtmlPage& page, const AuditReport& report) {
  if (!report.repair) return;
  const auto& repair = *report.repair;
  page.heading("Repair");
  auto ttl = lifetime(repair.ttl_ms);
  if (repair.jitter_ms > 0) ttl += " and up to " + lifetime(repair.jitter_ms) + " more";
  if (repair.dry_run) {
    page.paragraph(fmt::format("None done: each offender would get {}.", ttl));
    return;
  }
  page.paragraph(
      fmt::format("{} got a TTL of {}; {} were gone or no longer without, {} are "
                  "protected, {} failed.",
                  counted(repair.repaired, "key"), ttl, format_count(repair.skipped),
                  format_count(repair.protected_keys), format_count(repair.failed)));
  if (!repair.error.empty()) page.paragraph(in_quotes(repair.error));
}

void add_figures(HtmlPage& page, const AuditReport& report) {
  const auto looked_at = report.with_ttl + report.without_ttl;
  std::vector<HtmlPage::Figure> all;
  all.push_back({report.sample ? "Keys sampled" : "Keys", format_count(looked_at),
                 report.gone > 0 ? format_count(report.gone) + " gone meanwhile" : ""});
  const auto share = looked_at == 0
                         ? 0.0
                         : static_cast<double>(report.without_ttl) / static_cast<double>(looked_at);
  auto remark = format_ratio(share);
  if (report.sample) {
    const auto interval =
        sample_interval(report.without_ttl, report.sample->keys, report.sample->population);
    remark +=
        fmt::format(" (95%: {} to {})", format_ratio(interval.low), format_ratio(interval.high));
  }
  all.push_back({"Without TTL", format_count(report.without_ttl), remark});
  all.push_back({"Violations", format_count(report.verdict.violations),
                 report.baseline ? format_count(report.verdict.new_violations) + " new" : "",
                 report.verdict.violations > 0 ? Tone::fail : Tone::ok});
  if (!report.ttl.empty()) {
    all.push_back({"Median TTL left", ttl_or_dash(report.ttl.quantile_ms(0.5)),
                   "longest " + ttl_or_dash(report.ttl.max_ms())});
  }
  all.push_back({"Expiry cliffs", format_count(report.cliffs.size()),
                 report.cliffs.empty()
                     ? ""
                     : format_count(report.cliffs.front().keys) + " keys in the largest",
                 report.cliffs.empty() ? Tone::plain : Tone::warn});
  page.figures(all);
}

void add_groups(HtmlPage& page, const AuditReport& report, std::size_t top) {
  if (report.groups.empty()) return;
  page.heading("Key patterns");
  const bool memory = std::ranges::any_of(
      report.groups, [](const Group& group) { return group.memory_bytes.has_value(); });
  std::vector<render::Column> columns{{"Pattern", Align::left},
                                      {"Keys", Align::right},
                                      {"No TTL", Align::right, false, true},
                                      {"Wrong", Align::right},
                                      {"TTL left", Align::left},
                                      {"Median", Align::right, false, true},
                                      {"Max", Align::right, false, true}};
  if (memory) columns.push_back({"Memory", Align::right, false, true});
  std::vector<std::vector<HtmlCell>> rows;
  for (const auto& group : report.groups) {
    if (rows.size() >= std::max<std::size_t>(top, 1)) break;
    const auto wrong = group.offences.total();
    std::vector<HtmlCell> row{render::code_cell(shown(group.pattern)),
                              format_count(group.keys),
                              format_count(group.without_ttl),
                              HtmlCell(format_count(wrong), wrong > 0 ? Tone::fail : Tone::plain),
                              render::chart_cell(group_chart(report, group)),
                              ttl_or_dash(group.ttl.quantile_ms(0.5)),
                              ttl_or_dash(group.ttl.max_ms())};
    if (memory) row.emplace_back(group.memory_bytes ? format_bytes(*group.memory_bytes) : "-");
    rows.push_back(std::move(row));
  }
  page.table(columns, rows);
  if (rows.size() < report.groups.size()) {
    page.paragraph(fmt::format("and {}: --top shows more, -o json all of them",
                               counted(report.groups.size() - rows.size(), "more pattern")));
  }
}

void add_offenders(HtmlPage& page, const AuditReport& report, std::size_t top) {
  std::vector<std::vector<HtmlCell>> rows;
  for (const auto& group : report.groups) {
    if (group.offences.total() == 0 || rows.size() >= top) continue;
    std::string keys;
    for (const auto& key : offenders_of(group)) keys += (keys.empty() ? "" : "\n") + shown(key);
    rows.push_back({render::code_cell(shown(group.pattern)), HtmlCell(summary(group.offences)),
                    render::code_cell(keys)});
  }
  if (rows.empty()) return;
  page.heading("What is wrong");
  page.table({{"Pattern", Align::left}, {"Keys", Align::left}, {"For example", Align::left}}, rows);
}

void add_rules(HtmlPage& page, const AuditReport& report) {
  if (report.rules.size() < 2) return;
  page.heading("Rules of the policy " + in_quotes(report.policy));
  std::vector<std::vector<HtmlCell>> rows;
  for (std::size_t at = 0; at < report.rules.size(); ++at) {
    const auto& result = report.rules[at];
    const auto wrong = result.offences.total();
    rows.push_back({render::code_cell(rule_name(report, at)), HtmlCell(demand(result.rule)),
                    HtmlCell(format_count(result.checked)),
                    HtmlCell(format_count(wrong), wrong > 0 ? Tone::fail : Tone::plain),
                    HtmlCell(result.rule.reason)});
  }
  page.table({{"Rule", Align::left},
              {"Asks", Align::left},
              {"Keys", Align::right, false, true},
              {"Wrong", Align::right},
              {"Reason", Align::left, false, true}},
             rows);
}

void add_cliffs(HtmlPage& page, const AuditReport& report, std::size_t top) {
  if (report.cliffs.empty()) return;
  page.heading("Expiry cliffs");
  std::vector<std::vector<HtmlCell>> rows;
  for (const auto& cliff : report.cliffs) {
    if (rows.size() >= std::max<std::size_t>(top, 1)) break;
    auto keys = (cliff.at_least ? "\xe2\x89\xa5 " : "") + format_count(cliff.keys);
    if (cliff.seconds > 1) keys += fmt::format(" in {} s", cliff.seconds);
    const auto left = std::max<std::int64_t>(cliff.at_unix_ms - report.at_unix_ms, 0);
    rows.push_back({HtmlCell(format_utc(cliff.at_unix_ms), Tone::warn), HtmlCell(lifetime(left)),
                    HtmlCell(keys), HtmlCell(format_rate(cliff.around_per_second)),
                    render::code_cell(shown(cliff.pattern))});
  }
  page.table({{"At", Align::left},
              {"In", Align::right, false, true},
              {"Keys", Align::right},
              {"Around", Align::right, false, true},
              {"Pattern", Align::left}},
             rows);
}

void add_baseline(HtmlPage& page, const AuditReport& report) {
  if (!report.baseline) return;
  const auto& baseline = *report.baseline;
  page.heading("Baseline " + in_quotes(baseline.file));
  page.paragraph(fmt::format("{} known, {} new, {} paid.", format_count(baseline.known),
                             format_count(baseline.added.total()), format_count(baseline.paid)));
  std::vector<std::vector<HtmlCell>> rows;
  for (const auto& change : baseline.changes) {
    rows.push_back(
        {render::code_cell(change.pattern), HtmlCell(std::string(to_string(change.kind))),
         HtmlCell(format_count(change.known)), HtmlCell(format_count(change.present)),
         HtmlCell(format_count(change.added), change.added > 0 ? Tone::fail : Tone::plain)});
  }
  if (rows.empty()) return;
  page.table({{"Pattern", Align::left},
              {"Kind", Align::left, false, true},
              {"Known", Align::right},
              {"Found", Align::right},
              {"New", Align::right}},
             rows);
}

void add_rest(HtmlPage& page, const AuditReport& report) {
  const auto steps = next_steps(report);
  if (!steps.empty()) page.heading("What to do");
  for (const auto& step : steps) {
    page.paragraph(step.words);
    if (!step.command.empty()) page.command(step.command);
  }
  auto notes = report.notes;
  if (report.own_lookups > 0) {
    notes.push_back(fmt::format("{} in the server's hits and misses come from this audit.",
                                counted(report.own_lookups, "lookup")));
  }
  if (report.method == Method::scan_ended) {
    notes.emplace_back("The scan ended early: INFO keyspace knows of no more keys without TTL.");
  }
  if (!notes.empty()) {
    page.heading("Notes");
    page.list(notes);
  }
  page.footer(fmt::format("rcache audit-ttl, {}, took {}", format_utc(report.at_unix_ms),
                          format_seconds(report.elapsed_seconds)));
}

}  // namespace

std::string html(const AuditReport& report, std::size_t top) {
  HtmlPage page("TTL audit");
  add_verdict(page, report);
  add_scope(page, report);
  add_figures(page, report);
  if (!report.ttl.empty()) {
    page.heading("When keys expire");
    page.chart(timeline(report),
               "Time from the audit on, on a logarithmic scale; the height is the root of the "
               "number of keys. Dashed lines are expiry cliffs.");
  }
  add_groups(page, report, top);
  add_offenders(page, report, top);
  add_rules(page, report);
  add_cliffs(page, report, top);
  add_baseline(page, report);
  add_repair(page, report);
  add_rest(page, report);
  return page.str();
}

}  // namespace rcache::audit_ttl
