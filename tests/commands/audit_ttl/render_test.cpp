#include "commands/audit_ttl/render.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "commands/audit_ttl/samples.h"
#include "core/key.h"
#include "support/strict_lines.h"
#include "support/strict_xml.h"

namespace rcache::audit_ttl {

using Json = nlohmann::ordered_json;
using test::lines_of;
using test::StrictXml;

TEST_CASE("audit-ttl json: the contract's fields, in its order, then what has grown") {
  const auto document = Json::parse(json(sample_report()));
  CHECK(document["schema"] == "rcache.audit-ttl/1");
  std::vector<std::string> names;
  for (const auto& [name, value] : document.items()) names.push_back(name);
  for (const auto* name :
       {"schema", "complete", "scanned", "with_ttl", "without_ttl", "gone", "violations", "groups",
        "rules", "cliffs", "sample", "own_lookups", "elapsed_seconds"}) {
    CAPTURE(name);
    CHECK(std::ranges::count(names, name) == 1);
  }
  CHECK(document["complete"] == true);
  CHECK(document["scanned"] == 12'003);
  CHECK(document["with_ttl"] == 11'930);
  CHECK(document["without_ttl"] == 70);
  CHECK(document["gone"] == 3);
  CHECK(document["violations"] == 72);
  CHECK(document["result"] == "findings");
  CHECK(document["sample"].is_null());
  CHECK(document["own_lookups"] == 12'003);
  CHECK(document["elapsed_seconds"] == 1.25);
  CHECK(document["at"] == "2026-11-18T11:06:40Z");
  const auto& groups = document["groups"];
  REQUIRE(groups.size() == 3);
  CHECK(groups[0]["pattern"] == "contacts:*:export:*");
  CHECK(groups[0]["ttl_seconds"].is_null());
  CHECK(groups[0]["memory_bytes"].is_null());
  CHECK(groups[0]["examples"][1] == "contacts:org7:export:2");
  CHECK(groups[1]["ttl_seconds"]["min"] == 60);
  CHECK(groups[1]["ttl_seconds"]["p50"].get<double>() == doctest::Approx(60).epsilon(0.07));
  CHECK(groups[1]["ttl_seconds"]["p90"].get<double>() == doctest::Approx(600).epsilon(0.07));
  CHECK(groups[1]["ttl_seconds"]["max"] == 7'200);
  CHECK(groups[1]["ttl_histogram"].dump() ==
        R"([{"from_seconds":60,"to_seconds":300,"keys":5000},)"
        R"({"from_seconds":300,"to_seconds":900,"keys":4998},)"
        R"({"from_seconds":3600,"to_seconds":21600,"keys":2}])");
  CHECK(document["rules"][0].dump() ==
        R"({"pattern":"session:*","ttl":"required","min_seconds":null,"max_seconds":900.0,)"
        R"("reason":"token life","implied":false,"checked":10000,"violations":2,)"
        R"("offences":{"missing":0,"unwanted":0,"too_short":0,"too_long":2},)"
        R"("examples":["session:0cc175b9","session:92eb5ffe"]})");
  CHECK(document["cliffs"][0].dump() ==
        R"({"at":"2026-11-19T03:00:00Z","keys":1930,"pattern":"report:daily:*",)"
        R"("seconds":1,"at_least":false,"around_per_second":0.0})");
}

TEST_CASE("audit-ttl json: a sample says how sure it is, and what it does not know is null") {
  auto report = sample_report();
  report.sample = Sample{12'000, 12'000, 0};
  report.max_missing = parse_max_missing("1%").value();
  report.verdict = judge(report);
  auto sample = Json::parse(json(report))["sample"];
  CHECK(sample["population"].is_null());
  CHECK(sample["without_ttl"]["ratio"].get<double>() == doctest::Approx(70.0 / 12'000));
  CHECK(sample["without_ttl"]["low_ratio"].get<double>() < 70.0 / 12'000);
  CHECK(sample["without_ttl"]["high_ratio"].get<double>() > 70.0 / 12'000);
  CHECK(Json::parse(json(report))["max_missing"].dump() == R"({"keys":null,"ratio":0.01})");
}

TEST_CASE("audit-ttl json: baseline and repair") {
  auto report = sample_report();
  report.baseline =
      compare(Baseline{0, {{"contacts:*:export:*", Offence::missing, 60}}}, report.groups);
  report.baseline->file = "base.json";
  report.repair = Repair{3'600'000, 600'000, false, 60, 5, 3, 2, "READONLY"};
  report.verdict = judge(report);
  const auto document = Json::parse(json(report));
  CHECK(document["baseline"].dump() ==
        R"({"file":"base.json","known":60,"added":12,"paid":0,"changes":[)"
        R"({"pattern":"contacts:*:export:*","kind":"missing","known":60,"present":70,"added":10},)"
        R"({"pattern":"session:*","kind":"too-long","known":0,"present":2,"added":2}]})");
  CHECK(document["repair"].dump() ==
        R"({"ttl_seconds":3600.0,"jitter_seconds":600.0,"dry_run":false,"repaired":60,)"
        R"("skipped":5,"failed":3,"protected":2,"error":"READONLY"})");
}

TEST_CASE("audit-ttl ndjson: a line for each thing, the summary last") {
  const auto lines = lines_of(ndjson(sample_report()));
  REQUIRE(lines.size() == 7);
  const char* const kinds[] = {"group", "group", "group", "rule", "rule", "cliff", "summary"};
  for (std::size_t at = 0; at < lines.size(); ++at) {
    const auto line = Json::parse(lines[at]);
    CHECK(line["schema"] == "rcache.audit-ttl/1");
    CHECK(line["kind"] == kinds[at]);
  }
  const auto summary = Json::parse(lines.back());
  CHECK(summary["violations"] == 72);
  CHECK(summary["own_lookups"] == 12'003);
  CHECK_FALSE(summary.contains("groups"));
}

TEST_CASE("audit-ttl csv: a row for each group") {
  CHECK(csv(sample_report()) ==
        "pattern,keys,without_ttl,violations,missing,unwanted,too_short,too_long,memory_bytes,"
        "ttl_min_seconds,ttl_p50_seconds,ttl_p90_seconds,ttl_max_seconds,example\n"
        "contacts:*:export:*,70,70,70,70,0,0,0,,,,,,contacts:org7:export:1\n"
        "session:*,10000,0,2,0,0,0,2,2048000,60,61.439,616.045,7200,session:0cc175b9\n"
        "report:daily:*,1930,0,0,0,0,0,0,,57200,57200,57200,57200,report:daily:1\n");
}

TEST_CASE("audit-ttl junit: the whole document") {
  CHECK(junit(sample_report()) ==
        R"xml(<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="rcache audit-ttl" tests="7" failures="4" errors="0" skipped="1" time="1.250">
  <testsuite name="rcache audit-ttl" tests="7" failures="4" errors="0" skipped="1" time="1.250" timestamp="2026-11-18T11:06:40">
    <testcase classname="rcache.audit-ttl" name="everything was seen">
      <system-out>memory was not sampled: NOPERM</system-out>
    </testcase>
    <testcase classname="rcache.audit-ttl.rule" name="session:* must expire within 15m">
      <failure message="2 over max">token life
for example:
  session:0cc175b9
  session:92eb5ffe</failure>
    </testcase>
    <testcase classname="rcache.audit-ttl.rule" name="(every other key) must expire">
      <failure message="70 without TTL">for example:
  contacts:org7:export:1</failure>
    </testcase>
    <testcase classname="rcache.audit-ttl.group" name="contacts:*:export:*">
      <failure message="70 without TTL">for example:
  contacts:org7:export:1
  contacts:org7:export:2</failure>
    </testcase>
    <testcase classname="rcache.audit-ttl.group" name="session:*">
      <failure message="2 over max">for example:
  session:0cc175b9
  session:92eb5ffe</failure>
    </testcase>
    <testcase classname="rcache.audit-ttl.group" name="report:daily:*"/>
    <testcase classname="rcache.audit-ttl.cliff" name="report:daily:*">
      <skipped message="warning: 1,930 keys of report:daily:* expire at 2026-11-19T03:00:00Z (in 15h 53m)">give each TTL a random part, about a tenth of it</skipped>
    </testcase>
  </testsuite>
</testsuites>
)xml");
}

TEST_CASE("audit-ttl junit: red exactly when the exit code is") {
  const auto reds = [](const AuditReport& report) {
    const auto suite = StrictXml::parse(junit(report))[1].attributes;
    return std::stoi(suite.at("failures")) + std::stoi(suite.at("errors"));
  };
  auto report = sample_report();
  CHECK(reds(report) > 0);

  auto incomplete = report;
  incomplete.complete = false;
  incomplete.reasons = {"10.0.0.3:7002 could not be reached"};
  incomplete.verdict = judge(incomplete);
  CHECK(StrictXml::parse(junit(incomplete))[3].attributes.at("message") ==
        "10.0.0.3:7002 could not be reached");

  auto known = report;
  known.baseline = compare(baseline_of(report.groups, 0), report.groups);
  known.verdict = judge(known);
  CHECK(known.verdict.ending == Ending::healthy);
  CHECK(reds(known) == 0);

  auto fresh = report;
  fresh.baseline = compare(Baseline{0, {{"session:*", Offence::too_long, 2}}}, report.groups);
  fresh.verdict = judge(fresh);
  CHECK(fresh.verdict.ending == Ending::findings);
  CHECK(reds(fresh) == 1);

  auto allowed = report;
  allowed.max_missing = parse_max_missing("1%").value();
  allowed.rules[0].offences = {};
  allowed.groups[1].offences = {};
  allowed.verdict = judge(allowed);
  CHECK(allowed.verdict.ending == Ending::healthy);
  CHECK(reds(allowed) == 0);
}

TEST_CASE("audit-ttl github: errors for what fails, a warning for each cliff") {
  CHECK(github(sample_report()) ==
        "::error title=audit-ttl::70 keys have no TTL and must have one%0A"
        "2 keys have more left than the rule's max\n"
        "::error title=audit-ttl%3A contacts%3A*%3Aexport%3A*::70 without TTL of 70 keys%0A"
        "contacts:org7:export:1%0Acontacts:org7:export:2\n"
        "::error title=audit-ttl%3A session%3A*::2 over max of 10,000 keys%0A"
        "session:0cc175b9%0Asession:92eb5ffe\n"
        "::warning title=audit-ttl%3A expiry cliff::1,930 keys of report:daily:* expire at "
        "2026-11-19T03:00:00Z (in 15h 53m)\n"
        "::notice title=audit-ttl::memory was not sampled: NOPERM\n");
}

TEST_CASE("audit-ttl github: never more than the runner shows") {
  auto report = sample_report();
  for (int i = 0; i < 50; ++i) {
    auto group = report.groups.front();
    group.pattern = "more:" + std::to_string(i);
    report.groups.push_back(group);
  }
  const auto commands = test::parse_workflow_commands(github(report));
  CHECK(std::ranges::count(commands, "error", &test::WorkflowCommand::command) == 10);
  CHECK(commands[9].message == "and 44 more: see -o json");
}

TEST_CASE("audit-ttl prometheus: the whole page, without a key") {
  const auto page = prometheus(sample_report());
  test::check_metrics(page);
  CHECK(page.find("session") == std::string::npos);
  CHECK(page.find("# TYPE rcache_audit_ttl_violations gauge\n"
                  "rcache_audit_ttl_violations{kind=\"missing\"} 70\n"
                  "rcache_audit_ttl_violations{kind=\"unwanted\"} 0\n"
                  "rcache_audit_ttl_violations{kind=\"too-short\"} 0\n"
                  "rcache_audit_ttl_violations{kind=\"too-long\"} 2\n") != std::string::npos);
  CHECK(page.find("rcache_audit_ttl_result{result=\"findings\"} 1\n") != std::string::npos);
  CHECK(page.find("rcache_audit_ttl_largest_cliff_keys 1930\n") != std::string::npos);
}

TEST_CASE("audit-ttl: every form stays whole, whatever is in a key") {
  for (const auto& key : hostile_keys()) {
    CAPTURE(printable(key, 80));
    const auto report = hostile_report(key);

    const auto document = Json::parse(json(report));
    const auto& pattern = document["cliffs"][0]["pattern"];
    if (is_valid_utf8(key))
      CHECK(pattern == key);
    else
      CHECK(pattern["base64"] == base64(key));

    const auto lines = lines_of(ndjson(report));
    CHECK(lines.size() == 7);
    for (const auto& line : lines) CHECK(Json::parse(line).is_object());

    const auto rows = test::parse_csv(csv(report));
    REQUIRE(rows.size() == 4);
    for (const auto& row : rows) {
      CHECK(row.size() == 14);
      for (const auto& cell : row)
        CHECK((cell.empty() || std::string("=+-@\t\r").find(cell[0]) == std::string::npos));
    }

    const auto elements = StrictXml::parse(junit(report));
    CHECK(std::ranges::count(elements, "testcase", &test::XmlElement::name) == 7);

    const auto commands = test::parse_workflow_commands(github(report));
    CHECK(commands.size() == 5);

    test::check_metrics(prometheus(report));

    for (const auto charset : {render::Charset::unicode, render::Charset::ascii}) {
      TextOptions options;
      options.charset = charset;
      const auto screen = text(report, options);
      CHECK(is_valid_utf8(screen));
      for (const auto& line : lines_of(screen)) {
        CAPTURE(line);
        CHECK(display_width(line) <= 80);
        const auto first = line.find_first_not_of(' ');
        CHECK((first == std::string::npos || line.compare(first, 2, "::") != 0));
        CHECK(line.find("##[") == std::string::npos);
        for (std::string_view rest = line; !rest.empty();) {
          const auto letter = decode_utf8(rest);
          REQUIRE(letter.size > 0);
          CHECK_FALSE(is_deceptive(letter.value));
          rest.remove_prefix(letter.size);
        }
      }
    }
  }
}

}  // namespace rcache::audit_ttl
