#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "commands/audit_ttl/interval.h"
#include "commands/audit_ttl/next_steps.h"
#include "commands/audit_ttl/render.h"
#include "commands/audit_ttl/words.h"
#include "core/units.h"
#include "core/utf8.h"
#include "render/chart.h"
#include "render/layout.h"
#include "render/screen.h"

namespace rcache::audit_ttl {
namespace {

using render::Align;
using render::Screen;
using render::Table;
using render::Tone;

constexpr std::size_t k_spark_width = 10;
constexpr std::size_t k_examples = 3;  // groups whose keys are shown
constexpr double k_least_ms = 1000;

double ratio_of(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

std::string ttl_or_dash(std::optional<std::int64_t> ms) {
  return ms ? lifetime(*ms) : "-";
}

/// The right end of all TTL charts of a report, so that they can be compared: a day, or the
/// longest.
double scale_end(const AuditReport& report) {
  constexpr double k_day_ms = 86'400'000;
  return std::max(static_cast<double>(report.ttl.max_ms().value_or(0)), k_day_ms);
}

std::string spark(const TtlHistogram& ttl, double end_ms, std::size_t width,
                  render::Charset charset) {
  std::vector<std::optional<double>> heights;
  double highest = 0;
  for (const auto& bin : ttl.bins(k_least_ms, end_ms, width)) {
    // The root shows a few keys beside many; what is empty stays empty.
    heights.push_back(bin.keys < 0.5 ? std::nullopt : std::optional(std::sqrt(bin.keys)));
    highest = std::max(highest, heights.back().value_or(0));
  }
  while (!heights.empty() && !heights.back()) heights.pop_back();
  return render::sparkline(heights, {0, highest}, charset);
}

void add_verdict(Screen& screen, const AuditReport& report) {
  const auto& verdict = report.verdict;
  const auto [word, tone] = verdict.ending == Ending::findings ? std::pair("FAIL", Tone::fail)
                            : verdict.ending == Ending::incomplete
                                ? std::pair("INCOMPLETE", Tone::warn)
                                : std::pair("ok", Tone::ok);
  bool first = true;
  for (const auto& reason : verdict.reasons) {
    const auto tone_here = first ? tone : Tone::plain;
    screen.paragraph(first ? fmt::format("{}: {}", word, reason) : reason, tone_here,
                     first ? 0 : 2);
    first = false;
  }
  if (!report.server.empty()) screen.paragraph(in_quotes(report.server));
}

std::vector<std::string> shown_all(const std::vector<std::string>& patterns) {
  std::vector<std::string> out;
  for (const auto& pattern : patterns) out.push_back(shown(pattern));
  return out;
}

void add_scope(Screen& screen, const AuditReport& report) {
  if (!report.patterns.empty()) screen.fact("Patterns", shown_all(report.patterns));
  if (!report.excludes.empty()) screen.fact("Without", shown_all(report.excludes));
  if (!report.policy.empty()) screen.fact("Policy", {in_quotes(report.policy)});
}

void add_keys(Screen& screen, const AuditReport& report) {
  const auto looked_at = report.with_ttl + report.without_ttl;
  if (report.method == Method::info) {
    screen.fact("Keys", {format_count(report.with_ttl), "all with a TTL",
                         "as INFO keyspace says: no key had to be looked at"});
    return;
  }
  std::vector<std::string> pieces{
      format_count(report.scanned) + (report.sample ? " sampled" : " scanned"),
      format_count(report.with_ttl) + " with TTL",
      fmt::format("{} without ({})", format_count(report.without_ttl),
                  format_ratio(ratio_of(report.without_ttl, looked_at)))};
  if (report.gone > 0) pieces.push_back(format_count(report.gone) + " gone meanwhile");
  screen.fact("Keys", pieces);
  if (report.method == Method::scan_ended) {
    screen.fact("", {"the scan ended early: INFO keyspace knows of no more without TTL"});
  } else if (report.info_without_ttl && report.sample) {
    screen.fact("", {fmt::format("in all {} without TTL, as INFO keyspace counts",
                                 format_count(*report.info_without_ttl))});
  }
}

void add_sample(Screen& screen, const AuditReport& report) {
  if (!report.sample) return;
  const auto& sample = *report.sample;
  const auto line = [&](std::uint64_t keys, std::string_view what) {
    const auto interval = sample_interval(keys, sample.keys, sample.population);
    return fmt::format("{} {} (95%: {} to {})", format_ratio(interval.ratio), what,
                       format_ratio(interval.low), format_ratio(interval.high));
  };
  screen.fact(
      "Sample",
      {fmt::format("{} at random{}", counted(sample.keys, "key"),
                   sample.population == 0 ? "" : " of " + format_count(sample.population))});
  screen.fact("", {line(report.without_ttl, "without TTL")});
  if (report.verdict.violations != report.without_ttl)
    screen.fact("", {line(report.verdict.violations, "against the rules")});
}

void add_ttl(Screen& screen, const AuditReport& report) {
  if (report.ttl.empty()) return;
  screen.fact("TTL left", {"min " + ttl_or_dash(report.ttl.min_ms()),
                           "median " + ttl_or_dash(report.ttl.quantile_ms(0.5)),
                           "p90 " + ttl_or_dash(report.ttl.quantile_ms(0.9)),
                           "max " + ttl_or_dash(report.ttl.max_ms())});
  const auto end = scale_end(report);
  const auto right = lifetime(static_cast<std::int64_t>(end));
  const auto width =
      std::min<std::size_t>(40, screen.room() - std::min<std::size_t>(16, screen.room() / 2));
  const auto line = spark(report.ttl, end, width, screen.charset());
  screen.fact("", {fmt::format("1s {} {}", render::pad(line, width), right)});
}

void add_groups(Screen& screen, const AuditReport& report, std::size_t top) {
  if (report.groups.empty()) return;
  const bool policy = report.rules.size() > 1 || offences_of(report).total() != report.without_ttl;
  const bool memory = std::ranges::any_of(
      report.groups, [](const Group& group) { return group.memory_bytes.has_value(); });
  const auto end = scale_end(report);
  std::vector<render::Column> columns{{"Key pattern", Align::left, true, false, 22},
                                      {"keys", Align::right},
                                      {"no TTL", Align::right}};
  if (policy) columns.push_back({"wrong", Align::right});
  columns.push_back({"median", Align::right, false, true});
  columns.push_back({"max", Align::right, false, true});
  columns.push_back(
      {"1s ... " + lifetime(static_cast<std::int64_t>(end)), Align::left, false, true});
  if (memory) columns.push_back({"memory", Align::right, false, true});
  Table table(std::move(columns));
  const auto shown_groups = std::min(report.groups.size(), std::max<std::size_t>(top, 1));
  for (std::size_t at = 0; at < shown_groups; ++at) {
    const auto& group = report.groups[at];
    const auto wrong = group.offences.total();
    const auto tone = wrong > 0 ? Tone::fail : Tone::plain;
    std::vector<render::Cell> row{shown(group.pattern),
                                  format_count(group.keys),
                                  {format_count(group.without_ttl), policy ? Tone::plain : tone}};
    if (policy) row.emplace_back(format_count(wrong), tone);
    row.emplace_back(ttl_or_dash(group.ttl.quantile_ms(0.5)));
    row.emplace_back(ttl_or_dash(group.ttl.max_ms()));
    row.emplace_back(spark(group.ttl, end, k_spark_width, screen.charset()));
    if (memory) row.emplace_back(group.memory_bytes ? format_bytes(*group.memory_bytes) : "-");
    table.add(std::move(row));
  }
  screen.blank();
  screen.table(table);
  if (shown_groups == report.groups.size()) return;
  std::uint64_t keys = 0;
  std::uint64_t wrong = 0;
  for (auto at = shown_groups; at < report.groups.size(); ++at) {
    keys += report.groups[at].keys;
    wrong += report.groups[at].offences.total();
  }
  screen.paragraph(fmt::format("... and {} with {}, {} of them wrong (--top)",
                               counted(report.groups.size() - shown_groups, "more pattern"),
                               counted(keys, "key"), format_count(wrong)));
}

void add_examples(Screen& screen, const AuditReport& report) {
  std::size_t shown_groups = 0;
  for (const auto& group : report.groups) {
    if (offenders_of(group).empty()) continue;
    if (shown_groups == 0) screen.blank();
    if (shown_groups == k_examples) return;
    std::vector<std::string> keys;
    for (const auto& key : offenders_of(group)) {
      keys.push_back(shorten(shown(key), screen.room(), render::ellipsis(screen.charset())));
    }
    screen.fact(shown_groups == 0 ? "For example" : "", keys);
    ++shown_groups;
  }
}

void add_rules(Screen& screen, const AuditReport& report) {
  if (report.rules.size() < 2) return;
  Table table({{"Rule", Align::left, true, false, 12},
               {"asks", Align::left, true, false, 12},
               {"keys", Align::right},
               {"wrong", Align::right},
               {"of them", Align::left, true, true, 10}});
  for (std::size_t at = 0; at < report.rules.size(); ++at) {
    const auto& result = report.rules[at];
    if (result.checked == 0) continue;
    const auto wrong = result.offences.total();
    table.add({rule_name(report, at),
               demand(result.rule),
               format_count(result.checked),
               {format_count(wrong), wrong > 0 ? Tone::fail : Tone::plain},
               summary(result.offences)});
  }
  const auto idle =
      static_cast<std::uint64_t>(std::ranges::count_if(report.rules, [](const RuleResult& rule) {
        return rule.checked == 0 && !rule.rule.implied;
      }));
  screen.blank();
  if (!table.empty()) screen.table(table);
  if (idle > 0) screen.paragraph(fmt::format("{} matched no key", counted(idle, "rule")));
}

void add_cliffs(Screen& screen, const AuditReport& report, std::size_t top) {
  if (report.cliffs.empty()) return;
  Table table({{"Expiry cliff", Align::left},
               {"in", Align::right, false, true},
               {"keys", Align::right},
               {"around", Align::right, false, true},
               {"key pattern", Align::left, true, false, 12}});
  const auto shown_cliffs = std::min(report.cliffs.size(), std::max<std::size_t>(top, 1));
  for (std::size_t at = 0; at < shown_cliffs; ++at) {
    const auto& cliff = report.cliffs[at];
    auto keys = (cliff.at_least ? ">= " : "") + format_count(cliff.keys);
    if (cliff.seconds > 1) keys += fmt::format(" in {} s", cliff.seconds);
    table.add({{format_utc(cliff.at_unix_ms), Tone::warn},
               ttl_or_dash(std::max<std::int64_t>(cliff.at_unix_ms - report.at_unix_ms, 0)),
               keys,
               format_rate(cliff.around_per_second),
               shown(cliff.pattern)});
  }
  screen.blank();
  screen.table(table);
  if (shown_cliffs < report.cliffs.size()) {
    screen.paragraph(
        fmt::format("... and {}", counted(report.cliffs.size() - shown_cliffs, "more cliff")));
  }
}

void add_baseline(Screen& screen, const AuditReport& report, std::size_t top) {
  if (!report.baseline) return;
  const auto& baseline = *report.baseline;
  screen.blank();
  screen.fact("Baseline", {in_quotes(baseline.file), format_count(baseline.known) + " known",
                           format_count(baseline.added.total()) + " new",
                           format_count(baseline.paid) + " paid"});
  std::size_t shown_changes = 0;
  for (const auto& change : baseline.changes) {
    if (change.added == 0 || shown_changes++ == top) break;
    screen.fact("", {fmt::format("{}: {} new {} ({} known, {} found)", change.pattern,
                                 format_count(change.added), to_string(change.kind),
                                 format_count(change.known), format_count(change.present))});
  }
}

void add_repair(Screen& screen, const AuditReport& report) {
  if (!report.repair) return;
  const auto& repair = *report.repair;
  auto ttl = lifetime(repair.ttl_ms);
  if (repair.jitter_ms > 0) ttl += " and up to " + lifetime(repair.jitter_ms) + " more";
  screen.blank();
  if (repair.dry_run) {
    screen.fact("Repair", {fmt::format("none done: each offender would get {}", ttl)});
    return;
  }
  screen.fact("Repair", {format_count(repair.repaired) + " got a TTL of " + ttl,
                         format_count(repair.skipped) + " gone or no longer without",
                         format_count(repair.protected_keys) + " protected",
                         format_count(repair.failed) + " failed"});
  if (!repair.error.empty()) screen.fact("", {in_quotes(repair.error)});
}

void add_footnotes(Screen& screen, const AuditReport& report) {
  screen.blank();
  for (const auto& note : report.notes) screen.fact("Note", {note});
  if (report.own_lookups > 0) {
    screen.fact("Own lookups",
                {fmt::format("{} in the server's hits and misses come from this audit",
                             format_count(report.own_lookups))});
  }
  screen.fact("Time", {format_seconds(report.elapsed_seconds)});
}

void add_next_steps(Screen& screen, const AuditReport& report) {
  const auto steps = next_steps(report);
  if (steps.empty()) return;
  screen.blank();
  screen.paragraph("What to do", Tone::heading);
  for (const auto& step : steps) {
    screen.paragraph(step.words, Tone::plain, 2);
    if (!step.command.empty()) screen.line("    " + step.command);
  }
}

}  // namespace

std::string text(const AuditReport& report, const TextOptions& options) {
  Screen screen(options);
  add_verdict(screen, report);
  screen.blank();
  add_scope(screen, report);
  add_keys(screen, report);
  add_sample(screen, report);
  add_ttl(screen, report);
  add_groups(screen, report, options.top);
  add_examples(screen, report);
  add_rules(screen, report);
  add_cliffs(screen, report, options.top);
  add_baseline(screen, report, options.top);
  add_repair(screen, report);
  add_footnotes(screen, report);
  add_next_steps(screen, report);
  return std::move(screen).take();
}

}  // namespace rcache::audit_ttl
