#include <doctest/doctest.h>

#include <algorithm>

#include "commands/audit_ttl/render.h"
#include "commands/audit_ttl/samples.h"
#include "core/utf8.h"
#include "support/strict_lines.h"

namespace rcache::audit_ttl {
namespace {

std::string first_line(const AuditReport& report) {
  return test::lines_of(text(report, {})).front();
}

}  // namespace

TEST_CASE("audit-ttl text: the whole screen") {
  CHECK(text(sample_report(), {}) == R"text(FAIL: 70 keys have no TTL and must have one
  2 keys have more left than the rule's max
redis 7.0.15 at 127.0.0.1:6379

Policy      cache.toml
Keys        12,003 scanned, 11,930 with TTL, 70 without (0.6%), 3 gone meanwhile
TTL left    min 1m, median 9m 56s, p90 15h 53m, max 15h 53m
            1s               █       █        ▁      ▅  1d

Key pattern            keys  no TTL  wrong   median      max  1s ... 1d
contacts:*:export:*      70      70     70        -        -
session:*            10,000       0      2    1m 1s       2h     █ █ ▁
report:daily:*        1,930       0      0  15h 53m  15h 53m           █

For example contacts:org7:export:1, contacts:org7:export:2
            session:0cc175b9, session:92eb5ffe

Rule               asks                      keys  wrong  of them
session:*          must expire within 15m  10,000      2  2 over max
(every other key)  must expire              2,000     70  70 without TTL

Expiry cliff               in   keys  around  key pattern
2026-11-19T03:00:00Z  15h 53m  1,930     0/s  report:daily:*

Note        memory was not sampled: NOPERM
Own lookups 12,003 in the server's hits and misses come from this audit
Time        1.2s

What to do
  Let the code that writes them set a TTL. To give one to those that have none:
    rcache audit-ttl --policy cache.toml --set-ttl 1h --jitter 10m --dry-run
  To accept what is there and fail only for more of it:
    rcache audit-ttl --policy cache.toml --write-baseline base.json
  1,930 keys of report:daily:* expire at 2026-11-19T03:00:00Z (in 15h 53m): the
  database meets all their misses at once. Write them with a random part in the
  TTL, such as 1h 35m here.
)text");
}

TEST_CASE("audit-ttl text: a green audit in one round trip is short") {
  AuditReport report;
  report.server = "redis 7.0.15 at 127.0.0.1:6379";
  report.method = Method::info;
  report.with_ttl = 1'000'000;
  report.elapsed_seconds = 0.002;
  report.verdict = judge(report);
  CHECK(text(report, {}) == R"text(ok: every key has a TTL
redis 7.0.15 at 127.0.0.1:6379

Keys        1,000,000, all with a TTL
            as INFO keyspace says: no key had to be looked at

Time        2 ms
)text");
}

TEST_CASE("audit-ttl text: an incomplete audit says so first") {
  auto report = sample_report();
  report.complete = false;
  report.reasons = {"10.0.0.3:7002 could not be reached: slots 0-5460 were not seen"};
  report.verdict = judge(report);
  CHECK(first_line(report) ==
        "INCOMPLETE: 10.0.0.3:7002 could not be reached: slots 0-5460 were not seen");
}

TEST_CASE("audit-ttl text: a sample, a baseline and a repair") {
  auto report = sample_report();
  report.method = Method::sample;
  report.sample = Sample{12'000, 12'000, 5'000'000};
  report.baseline = compare(
      Baseline{0, {{"contacts:*:export:*", Offence::missing, 60}, {"old:*", Offence::missing, 4}}},
      report.groups);
  report.baseline->file = "base.json";
  report.repair = Repair{3'600'000, 600'000, true, 0, 0, 0, 0, ""};
  report.verdict = judge(report);
  const auto screen = text(report, {});
  CAPTURE(screen);
  for (const auto* line :
       {"FAIL: 10 keys have no TTL and must have one beyond the baseline\n",
        "Sample      12,000 keys at random of 5,000,000\n",
        "            0.6% without TTL (95%: 0.5% to 0.7%)\n",
        "Baseline    base.json, 60 known, 12 new, 4 paid\n",
        "            contacts:*:export:*: 10 new missing (60 known, 70 found)\n",
        "Repair      none done: each offender would get 1h and up to 10m more\n"}) {
    CAPTURE(line);
    CHECK(screen.find(line) != std::string::npos);
  }
}

TEST_CASE("audit-ttl text: no line is wider than the terminal, and narrow ones keep the numbers") {
  for (const std::size_t width : {20U, 40U, 60U, 80U, 110U, 300U}) {
    CAPTURE(width);
    TextOptions options;
    options.width = width;
    const auto lines = test::lines_of(text(sample_report(), options));
    for (const auto& line : lines) {
      CAPTURE(line);
      CHECK((display_width(line) <= width || line.find("    rcache ") == 0));
      CHECK((line.empty() || line.back() != ' '));
    }
    if (width < 60) continue;
    CHECK(std::ranges::any_of(lines, [](const std::string& line) {
      return line.starts_with("contacts:*:export:*") && line.find(" 70 ") != std::string::npos;
    }));
  }
}

TEST_CASE("audit-ttl text: the commands to copy are about the same keys") {
  auto report = sample_report();
  report.policy = "my policy.toml";
  report.patterns = {"a:*", "it's"};
  report.excludes = {"b"};
  report.verdict = judge(report);
  CHECK(text(report, {})
            .find("\n    rcache audit-ttl --policy 'my policy.toml' --exclude b 'a:*' "
                  "... --write-baseline base.json\n") != std::string::npos);
}

}  // namespace rcache::audit_ttl
