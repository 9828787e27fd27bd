#include "commands/audit_ttl/tally.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

namespace rcache::audit_ttl {
namespace {

constexpr std::int64_t k_start = 1'700'000'000'000;

struct Counted {
  explicit Counted(Policy policy = plain_policy()) : tally(std::move(policy), ':', k_start) {}
  Tally::Entered enter(const std::string& key, std::int64_t pttl_ms) {
    return tally.enter({key, pttl_ms, k_start});
  }
  AuditReport report() const {
    AuditReport report;
    tally.fill(report);
    return report;
  }
  Tally tally;
};

const Group& group(const AuditReport& report, const std::string& pattern) {
  const auto found = std::find_if(report.groups.begin(), report.groups.end(),
                                  [&](const Group& one) { return one.pattern == pattern; });
  REQUIRE(found != report.groups.end());
  return *found;
}

TEST_CASE("tally: no TTL and gone are different things") {
  Counted counted;
  CHECK(counted.enter("a:1", -1).offence == Offence::missing);
  CHECK_FALSE(counted.enter("a:2", -2).offence);
  CHECK_FALSE(counted.enter("a:3", 5000).offence);
  CHECK_FALSE(counted.enter("a:4", 0).offence);
  const auto report = counted.report();
  CHECK(report.scanned == 4);
  CHECK(report.with_ttl == 2);
  CHECK(report.without_ttl == 1);
  CHECK(report.gone == 1);
  REQUIRE(report.groups.size() == 1);
  CHECK(report.groups[0].keys == 3);
  CHECK(report.groups[0].without_ttl == 1);
  CHECK(report.groups[0].ttl.max_ms() == 5000);
  CHECK(report.groups[0].examples == std::vector<std::string>{"a:1", "a:3", "a:4"});
}

TEST_CASE("tally: an offender that SCAN brings twice is counted once") {
  Counted counted;
  for (int round = 0; round < 2; ++round) {
    counted.enter("a:1", -1);
    counted.enter("a:2", -1);
  }
  const auto report = counted.report();
  CHECK(report.without_ttl == 2);
  CHECK(report.rules.at(0).offences.total() == 2);
  CHECK(report.groups.at(0).keys == 2);
}

TEST_CASE("tally: each key is judged by the first rule that matches, and all are checked once") {
  auto policy = parse_policy(
      "[[rule]]\npattern = \"s:*\"\nmax = \"1m\"\n"
      "[[rule]]\npattern = \"flag:*\"\nttl = \"none\"\n",
      "p.toml");
  REQUIRE(policy);
  Counted counted(std::move(*policy));
  CHECK_FALSE(counted.enter("s:1", 60'000).offence);
  CHECK(counted.enter("s:2", 60'001).offence == Offence::too_long);
  CHECK(counted.enter("s:3", -1).offence == Offence::missing);
  CHECK(counted.enter("flag:1", 1000).offence == Offence::unwanted);
  CHECK_FALSE(counted.enter("flag:2", -1).offence);
  CHECK(counted.enter("other", -1).offence == Offence::missing);
  const auto report = counted.report();
  REQUIRE(report.rules.size() == 3);
  CHECK(report.rules[0].checked == 3);
  CHECK(report.rules[0].offences.total() == 2);
  CHECK(report.rules[0].examples == std::vector<std::string>{"s:2", "s:3"});
  CHECK(report.rules[1].checked == 2);
  CHECK(report.rules[2].checked == 1);
  CHECK(report.without_ttl == 3);
  CHECK(group(report, "flag:*").without_ttl == 1);
  CHECK(group(report, "flag:*").offences.total() == 1);
}

TEST_CASE("tally: the memory of a group is that of its sample, for all its keys") {
  Counted counted;
  std::uint64_t asked = 0;
  for (int i = 0; i < 1000; ++i) {
    const auto key = "a:" + std::to_string(i);
    if (!counted.enter(key, 1000).ask_memory) continue;
    ++asked;
    counted.tally.enter_memory(key, asked % 2 == 0 ? 50 : 150);
  }
  counted.enter("b", 1000);
  CHECK(asked >= 8);
  CHECK(asked < 20);
  const auto report = counted.report();
  CHECK(*group(report, "a:*").memory_bytes >= 95'000);
  CHECK(*group(report, "a:*").memory_bytes <= 110'000);
  CHECK_FALSE(group(report, "b").memory_bytes);
}

TEST_CASE("tally: keys that end in one second are a cliff, with their pattern and time") {
  Counted counted;
  for (int i = 0; i < 2000; ++i) {
    counted.enter("report:" + std::to_string(i), 3'600'000);
    counted.enter("page:" + std::to_string(i), 3'000'000 + i * 997);
  }
  const auto report = counted.report();
  REQUIRE(report.cliffs.size() == 1);
  CHECK(report.cliffs[0].pattern == "report:*");
  CHECK(report.cliffs[0].at_unix_ms == k_start + 3'600'000);
  CHECK(report.cliffs[0].keys == 2000);
}

TEST_CASE("tally: groups that become one keep all that was known of each") {
  Counted counted;
  // Words that look like names, until there are too many of them at one place.
  for (char a = 'a'; a <= 'z'; ++a) {
    for (char b = 'a'; b <= 'c'; ++b) {
      counted.enter(std::string("w") + a + b + ":x", -1);
      counted.enter(std::string("w") + a + b + ":x:y", 3'600'000);
    }
  }
  const auto report = counted.report();
  REQUIRE(report.groups.size() == 2);
  CHECK(group(report, "*:x").without_ttl == 78);
  CHECK(group(report, "*:x").offences.total() == 78);
  CHECK(group(report, "*:x:y").ttl.keys() == 78);
}

TEST_CASE("tally: rare groups fold into their parent, nothing is lost, and it is said") {
  Counted counted;
  for (int i = 0; i < 20'000; ++i) {
    std::string key = "r";
    for (int bits = i; bits > 0; bits /= 20)
      key += std::string(":") + static_cast<char>('a' + bits % 20) + "w";
    counted.enter(key, i % 2 == 0 ? -1 : 1000);
  }
  const auto report = counted.report();
  CHECK(report.groups.size() <= 2001);
  std::uint64_t keys = 0;
  std::uint64_t without = 0;
  std::uint64_t with = 0;
  for (const auto& one : report.groups) {
    keys += one.keys;
    without += one.without_ttl;
    with += one.ttl.keys();
  }
  CHECK(keys == 20'000);
  CHECK(without == 10'000);
  CHECK(with == 10'000);
  REQUIRE(report.notes.size() == 1);
  CHECK(report.notes[0].find("rare ones are counted in wider ones") != std::string::npos);
}

}  // namespace
}  // namespace rcache::audit_ttl
