#include "commands/audit_ttl/verdict.h"

#include <doctest/doctest.h>

#include <functional>
#include <string>

#include "commands/audit_ttl/report.h"

namespace rcache::audit_ttl {
namespace {

/// A report of 1,000 keys with so many offenders.
AuditReport report(std::uint64_t missing, std::uint64_t too_long = 0) {
  AuditReport out;
  out.scanned = 1000;
  out.without_ttl = missing;
  out.with_ttl = 1000 - missing;
  RuleResult rule;
  rule.rule = plain_policy().rules.front();
  rule.checked = 1000;
  rule.offences[Offence::missing] = missing;
  rule.offences[Offence::too_long] = too_long;
  out.rules.push_back(std::move(rule));
  return out;
}

MaxMissing limit(std::string_view text) {
  return *parse_max_missing(text);
}

}  // namespace

TEST_CASE("max-missing: a number or a share, and what is neither") {
  CHECK(limit("0").value == 0);
  CHECK_FALSE(limit("100").is_ratio);
  CHECK(limit("0.5%").is_ratio);
  CHECK(limit("0.5%").value == doctest::Approx(0.005));
  for (const auto* bad : {"", "%", "-1", "1.5", "101%", "x", "5 keys", "\n"}) {
    CAPTURE(bad);
    const auto got = parse_max_missing(bad);
    REQUIRE_FALSE(got.has_value());
    CHECK(got.error().kind == ErrorKind::usage);
    CHECK(got.error().message.find('\n') == std::string::npos);
  }
}

TEST_CASE("verdict: what fails, what does not, and what is none") {
  struct Case {
    std::string name;
    std::function<AuditReport()> report;
    Ending ending;
    std::string reason;
  };
  const Case cases[] = {
      {"all keys expire", [] { return report(0); }, Ending::healthy, "every key has a TTL"},
      {"an empty database", [] { return AuditReport(); }, Ending::healthy, "there is no key"},
      {"a pattern that matches nothing",
       [] {
         AuditReport out;
         out.patterns = {"nothing:*"};
         return out;
       },
       Ending::healthy, "no key matches"},
      {"one does not", [] { return report(1); }, Ending::findings,
       "1 key has no TTL and must have one"},
      {"many do not", [] { return report(420); }, Ending::findings,
       "420 keys have no TTL and must have one"},
      {"the policy is kept",
       [] {
         auto out = report(0);
         out.policy = "default";
         return out;
       },
       Ending::healthy, "every key keeps the policy's rules"},
      {"too long", [] { return report(0, 3); }, Ending::findings,
       "3 keys have more left than the rule's max"},
      {"within the number that is allowed",
       [] {
         auto out = report(5);
         out.max_missing = limit("5");
         return out;
       },
       Ending::healthy, "5 keys have no TTL and must have one, within the 5 that are allowed"},
      {"beyond it",
       [] {
         auto out = report(6);
         out.max_missing = limit("5");
         return out;
       },
       Ending::findings, "6 keys have no TTL and must have one; 5 are allowed"},
      {"within the share",
       [] {
         auto out = report(10);
         out.max_missing = limit("1%");
         return out;
       },
       Ending::healthy, "10 keys have no TTL and must have one, within the 1% that are allowed"},
      {"beyond the share",
       [] {
         auto out = report(11);
         out.max_missing = limit("1%");
         return out;
       },
       Ending::findings, "11 keys have no TTL and must have one; 1% are allowed"},
      {"a limit forgives no other offence",
       [] {
         auto out = report(1, 1);
         out.max_missing = limit("50%");
         return out;
       },
       Ending::findings, "1 key has more left than the rule's max"},
      {"incomplete beats findings",
       [] {
         auto out = report(7);
         out.complete = false;
         out.reasons = {"10.0.0.3:7002 could not be reached"};
         return out;
       },
       Ending::incomplete, "10.0.0.3:7002 could not be reached"},
      {"incomplete is never healthy",
       [] {
         auto out = report(0);
         out.complete = false;
         return out;
       },
       Ending::incomplete, "not everything was seen"},
      {"all of it is known",
       [] {
         auto out = report(7);
         out.baseline = BaselineResult{};
         out.baseline->known = 7;
         return out;
       },
       Ending::healthy, "nothing new: 7 keys are known to the baseline"},
      {"some of it is new",
       [] {
         auto out = report(7);
         out.baseline = BaselineResult{};
         out.baseline->known = 5;
         out.baseline->added[Offence::missing] = 2;
         return out;
       },
       Ending::findings, "2 keys have no TTL and must have one beyond the baseline"},
      {"repaired",
       [] {
         auto out = report(7);
         out.repair = Repair{};
         out.repair->repaired = 6;
         out.repair->skipped = 1;
         return out;
       },
       Ending::healthy, "6 keys have a TTL now"},
      {"repaired, but for some",
       [] {
         auto out = report(7);
         out.repair = Repair{};
         out.repair->repaired = 4;
         out.repair->failed = 1;
         out.repair->protected_keys = 2;
         return out;
       },
       Ending::findings, "3 keys have no TTL and must have one"},
      {"a repair that was not done",
       [] {
         auto out = report(7);
         out.repair = Repair{};
         out.repair->dry_run = true;
         return out;
       },
       Ending::findings, "7 keys have no TTL and must have one"},
      {"found in a sample is found",
       [] {
         auto out = report(1);
         out.sample = Sample{1000, 1000, 1'000'000};
         return out;
       },
       Ending::findings, "1 key has no TTL and must have one"},
      {"none found in a sample",
       [] {
         auto out = report(0);
         out.sample = Sample{1000, 1000, 1'000'000};
         return out;
       },
       Ending::healthy, "every key has a TTL"},
      {"a sample well below the limit",
       [] {
         auto out = report(1);
         out.sample = Sample{1000, 1000, 1'000'000};
         out.max_missing = limit("2%");
         return out;
       },
       Ending::healthy, "1 key has no TTL and must have one, within the 2% that are allowed"},
      {"a sample well above it",
       [] {
         auto out = report(100);
         out.sample = Sample{1000, 1000, 1'000'000};
         out.max_missing = limit("2%");
         return out;
       },
       Ending::findings,
       "8.3% to 12.0% of the keys have no TTL and must have one (95%); 2% are allowed"},
      {"a sample that cannot say",
       [] {
         auto out = report(20);
         out.sample = Sample{1000, 1000, 1'000'000};
         out.max_missing = limit("2%");
         return out;
       },
       Ending::incomplete,
       "1.3% to 3.1% of the keys have no TTL and must have one (95%); the sample is too small to "
       "say whether more than 2% are"},
      {"a number is held against the population",
       [] {
         auto out = report(20);
         out.sample = Sample{1000, 1000, 1'000'000};
         out.max_missing = limit("100000");
         return out;
       },
       Ending::healthy,
       "20 keys have no TTL and must have one, within the 100000 that are allowed"},
      {"a sample of everything is exact",
       [] {
         auto out = report(20);
         out.sample = Sample{1000, 1000, 1000};
         out.max_missing = limit("2%");
         return out;
       },
       Ending::healthy, "20 keys have no TTL and must have one, within the 2% that are allowed"},
      {"cliffs warn",
       [] {
         auto out = report(0);
         out.cliffs.push_back({"a:*", 1000, 1, 5000, false, 0});
         return out;
       },
       Ending::healthy, "every key has a TTL"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.name);
    const auto got = judge(c.report());
    CHECK(to_string(got.ending) == to_string(c.ending));
    REQUIRE_FALSE(got.reasons.empty());
    CHECK(got.reasons.front() == c.reason);
  }
}

TEST_CASE("verdict: all kinds of findings are named") {
  auto some = report(2, 3);
  some.rules[0].offences[Offence::unwanted] = 1;
  some.rules[0].offences[Offence::too_short] = 4;
  const auto got = judge(some);
  CHECK(got.violations == 10);
  CHECK(got.new_violations == 10);
  CHECK(got.reasons == std::vector<std::string>{"2 keys have no TTL and must have one",
                                                "3 keys have more left than the rule's max",
                                                "4 keys have less left than the rule's min",
                                                "1 key has a TTL and must not have one"});
}

}  // namespace rcache::audit_ttl
