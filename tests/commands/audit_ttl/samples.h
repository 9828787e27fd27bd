#pragma once

#include <string>
#include <vector>

#include "commands/audit_ttl/report.h"

namespace rcache::audit_ttl {

inline constexpr std::int64_t k_now = 1'795'000'000'000;  // 2026-11-18T11:06:40Z

/// A report of every kind of thing that one can hold, judged.
inline AuditReport sample_report() {
  AuditReport out;
  out.server = "redis 7.0.15 at 127.0.0.1:6379";
  out.policy = "cache.toml";
  out.at_unix_ms = k_now;
  out.elapsed_seconds = 1.25;
  out.scanned = 12'003;
  out.with_ttl = 11'930;
  out.without_ttl = 70;
  out.gone = 3;
  out.own_lookups = 12'003;
  out.notes = {"memory was not sampled: NOPERM"};

  Group exports;
  exports.pattern = "contacts:*:export:*";
  exports.keys = 70;
  exports.without_ttl = 70;
  exports.offences[Offence::missing] = 70;
  exports.examples = {"contacts:org7:export:1", "contacts:org7:export:2"};
  Group sessions;
  sessions.pattern = "session:*";
  sessions.keys = 10'000;
  sessions.offences[Offence::too_long] = 2;
  sessions.memory_bytes = 2'048'000;
  sessions.ttl.add(60'000, 5'000);
  sessions.ttl.add(600'000, 4'998);
  sessions.ttl.add(7'200'000, 2);
  sessions.examples = {"session:0cc175b9", "session:92eb5ffe", "session:4a8a08f0"};
  Group reports;
  reports.pattern = "report:daily:*";
  reports.keys = 1'930;
  reports.ttl.add(57'200'000, 1'930);
  reports.examples = {"report:daily:1"};
  for (const auto* group : {&sessions, &reports}) out.ttl.merge(group->ttl);
  out.groups = {exports, sessions, reports};

  auto policy = *parse_policy(
      "[[rule]]\npattern = \"session:*\"\nmax = \"15m\"\nreason = \"token life\"\n", "cache.toml");
  RuleResult first;
  first.rule = policy.rules[0];
  first.checked = 10'000;
  first.offences[Offence::too_long] = 2;
  first.examples = {"session:0cc175b9", "session:92eb5ffe"};
  RuleResult rest;
  rest.rule = policy.rules[1];
  rest.checked = 2'000;
  rest.offences[Offence::missing] = 70;
  rest.examples = {"contacts:org7:export:1"};
  out.rules = {first, rest};
  out.cliffs = {{"report:daily:*", k_now + 57'200'000, 1, 1'930, false, 0}};
  out.verdict = judge(out);
  return out;
}

/// Bytes that want to be more than text.
inline std::vector<std::string> hostile_keys() {
  using namespace std::string_literals;
  return {"nul\0byte"s,
          "two\nlines\r\nok"s,
          "\x1b[31mred\x1b[2J\x1b]0;title\x07"s,
          "\xff\xfe\x80 not UTF-8"s,
          "\xe2\x80\xaetxt.exe \xe2\x80\xa8 \xef\xbb\xbf"s,
          "]]></failure></testcase><testcase name=\"forged\"/>"s,
          "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"s,
          "</style></title></svg>\"' onload='document.title=1' x=\""s,
          "::set-output name=x::y"s,
          "##[error]forged"s,
          "=cmd|' /C calc'!A0"s,
          "+1,2;\"3\"\t"s,
          "&amp;&#0;%0A%25{}\\"s,
          "\xef\xbf\xbe\xef\xbf\xbf"s,
          std::string(3000, 'x')};
}

/// The sample with this key in each place that holds bytes from outside.
inline AuditReport hostile_report(const std::string& key) {
  auto out = sample_report();
  out.server = key;
  out.patterns = {key};
  out.excludes = {key};
  out.policy = key;
  for (auto& group : out.groups) {
    group.pattern = key + group.pattern;
    group.examples = {key, key};
  }
  for (auto& rule : out.rules) rule.examples = {key};
  out.rules[0].rule.reason = key;
  out.cliffs[0].pattern = key;
  Repair repair;
  repair.failed = 72;
  repair.error = key;
  out.repair = repair;
  out.verdict = judge(out);
  return out;
}

}  // namespace rcache::audit_ttl
