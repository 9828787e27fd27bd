#include "commands/audit_ttl/policy.h"

#include <doctest/doctest.h>

#include <string>

#include "commands/audit_ttl/policy_file.h"
#include "support/strict_lines.h"
#include "support/temp_dir.h"

namespace rcache::audit_ttl {
namespace {

Policy policy(std::string_view text) {
  auto parsed = parse_policy(text, "p.toml");
  REQUIRE_MESSAGE(parsed.has_value(), (parsed ? "" : parsed.error().message));
  return std::move(*parsed);
}

/// "missing", ... or "ok".
std::string judged(const Policy& by, std::string_view key, std::optional<std::int64_t> ttl_ms) {
  const auto offence = by.rules[by.rule_of(key)].offence(ttl_ms);
  return offence ? std::string(to_string(*offence)) : "ok";
}

}  // namespace

TEST_CASE("policy: the first rule that matches decides, and what none matches must expire") {
  const auto rules = policy(R"(
[[rule]]
pattern = "session:admin:*"
max = "5m"
[[rule]]
pattern = "session:*"
min = "10s"
max = "15m"
reason = "token life"
[[rule]]
pattern = "flag:*"
ttl = "none"
[[rule]]
pattern = "event?:[ab]*"
ttl = "any"
max = 60
)");
  REQUIRE(rules.rules.size() == 5);
  CHECK(rules.name == "p.toml");
  CHECK(rules.rules[1].reason == "token life");
  CHECK(rules.rules[4].implied);
  struct Case {
    std::string key;
    std::optional<std::int64_t> ttl_ms;
    std::string wanted;
  };
  const Case cases[] = {
      {"session:admin:1", 299'000, "ok"},
      {"session:admin:1", 300'001, "too-long"},
      {"session:admin:1", 1, "ok"},  // the min is of another rule
      {"session:1", std::nullopt, "missing"},
      {"session:1", 10'000, "ok"},
      {"session:1", 9'999, "too-short"},
      {"session:1", 900'000, "ok"},
      {"session:1", 900'001, "too-long"},
      {"flag:x", std::nullopt, "ok"},
      {"flag:x", 1, "unwanted"},
      {"event1:a", std::nullopt, "ok"},
      {"event1:a", 60'001, "too-long"},
      {"event1:c", std::nullopt, "missing"},
      {"", std::nullopt, "missing"},
      {std::string("\0\xff\n", 3), std::nullopt, "missing"},
      {"anything", std::int64_t{1} << 60, "ok"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.key);
    CHECK(judged(rules, c.key, c.ttl_ms) == c.wanted);
  }
}

TEST_CASE("policy: a last rule for every key takes the place of the implied one") {
  const auto rules =
      policy("[[rule]]\npattern = \"a:*\"\n[[rule]]\npattern = \"*\"\nttl = \"any\"");
  CHECK(judged(rules, "a:1", std::nullopt) == "missing");
  CHECK(judged(rules, "b", std::nullopt) == "ok");
}

TEST_CASE("policy: --max-ttl lowers what rules allow, and never raises it") {
  auto rules = policy(R"(
[[rule]]
pattern = "a"
max = "1h"
[[rule]]
pattern = "b"
max = "1m"
[[rule]]
pattern = "c"
ttl = "none"
)");
  rules.cap(600'000);
  CHECK(judged(rules, "a", 600'001) == "too-long");
  CHECK(judged(rules, "b", 60'001) == "too-long");
  CHECK(judged(rules, "c", std::nullopt) == "ok");
  CHECK(judged(rules, "other", 600'001) == "too-long");
  CHECK(judged(rules, "other", 600'000) == "ok");
}

TEST_CASE("policy: a mistake is named by file, line and column, with what is allowed") {
  struct Case {
    std::string name;
    std::string text;
    std::string message;
    std::string hint;
  };
  const Case cases[] = {
      {"empty", "", "p.toml: there is no [[rule]] in it",
       "rcache help policies shows the form and a whole policy"},
      {"only comments", "# later\n", "p.toml: there is no [[rule]] in it",
       "rcache help policies shows the form and a whole policy"},
      {"no TOML", "[[rule]]\npattern = session:*\n", "p.toml:2:11: not TOML: ", "*"},
      {"a value twice", "[[rule]]\npattern = \"a\"\npattern = \"b\"\n",
       "p.toml:3:11: not TOML: ", "*"},
      {"another table", "[rules]\n", "p.toml:1:2: 'rules' is not a setting here",
       "did you mean 'rule'? Known are rule"},
      {"one pair of brackets", "[rule]\npattern = \"a\"\n",
       "p.toml:1:1: 'rule' must be a list of tables",
       "begin each rule with [[rule]], in two pairs of brackets"},
      {"no list of tables", "rule = [1]\n", "p.toml:1:8: 'rule' must be a list of tables",
       "begin each rule with [[rule]], in two pairs of brackets"},
      {"no pattern", "[[rule]]\nttl = \"any\"\n", "p.toml:1:1: a rule without a pattern",
       "say which keys it is for: pattern = \"session:*\""},
      {"an empty pattern", "[[rule]]\npattern = \"\"\n", "p.toml:2:11: 'pattern': ", "*"},
      {"a pattern that is a number", "[[rule]]\npattern = 7\n",
       "p.toml:2:11: 'pattern' must be a string, found 7", ""},
      {"a pattern that the server would not take",
       "[[rule]]\npattern = \"" + std::string(65, '*') + "a\"\n", "p.toml:2:11: 'pattern': ", "*"},
      {"an unknown setting", "[[rule]]\npattern = \"a\"\nmaximum = \"1m\"\n",
       "p.toml:3:1: 'maximum' is not a setting here", "known are pattern, ttl, min, max, reason"},
      {"one that is nearly right", "[[rule]]\npattren = \"a\"\n",
       "p.toml:2:1: 'pattren' is not a setting here",
       "did you mean 'pattern'? Known are pattern, ttl, min, max, reason"},
      {"a need that is none", "[[rule]]\npattern = \"a\"\nttl = \"require\"\n",
       "p.toml:3:7: 'ttl' must be \"required\", \"none\" or \"any\", found \"require\"",
       "did you mean \"required\"?"},
      {"a need that is a flag", "[[rule]]\npattern = \"a\"\nttl = true\n",
       "p.toml:3:7: 'ttl' must be \"required\", \"none\" or \"any\", found true", ""},
      {"no duration", "[[rule]]\npattern = \"a\"\nmax = \"3 weeks\"\n",
       "p.toml:3:7: 'max': '3 weeks' is not a duration", ""},
      {"a list for a duration", "[[rule]]\npattern = \"a\"\nmin = [1]\n",
       "p.toml:3:7: 'min' must be a duration such as \"15m\", \"24h\" or 90 (seconds), found a "
       "list",
       ""},
      {"a negative duration", "[[rule]]\npattern = \"a\"\nmax = -5\n",
       "p.toml:3:7: 'max': '-5' is ", ""},
      {"no time at all", "[[rule]]\npattern = \"a\"\nmax = 0\n",
       "p.toml:3:7: 'max' must be more than nothing, found 0",
       "keys without a TTL are ttl = \"none\""},
      {"no TTL with a max", "[[rule]]\npattern = \"a\"\nttl = \"none\"\nmax = \"1m\"\n",
       "p.toml:4:7: 'max' does not go with ttl = \"none\": such a key has no TTL",
       "leave one of them out"},
      {"min above max", "[[rule]]\npattern = \"a\"\nmin = \"1h\"\nmax = \"1m\"\n",
       "p.toml:3:7: 'min' (1h) is more than 'max' (1m): no TTL can be both", ""},
      {"a reason that is a number", "[[rule]]\npattern = \"a\"\nreason = 1\n",
       "p.toml:3:10: 'reason' must be a string, found 1", ""},
      {"the same pattern again", "[[rule]]\npattern = \"a\"\n[[rule]]\npattern = \"a\"\n",
       "p.toml:3:1: the rule for 'a' is never reached: the rule for 'a' before it takes all its "
       "keys",
       "the first rule that matches a key decides: put the narrow rules first"},
      {"behind every key", "[[rule]]\npattern = \"*\"\n[[rule]]\npattern = \"a\"\n",
       "p.toml:3:1: the rule for 'a' is never reached: the rule for '*' before it takes all its "
       "keys",
       "the first rule that matches a key decides: put the narrow rules first"},
      {"a value that would forge a line",
       "[[rule]]\npattern = \"a\"\nttl = \"\\u001b[31m\\n::error::\"\n",
       "p.toml:3:7: 'ttl' must be \"required\", \"none\" or \"any\", found "
       "\"\\x1b[31m\\x0a::error::\"",
       ""},
  };
  for (const auto& c : cases) {
    CAPTURE(c.name);
    const auto parsed = parse_policy(c.text, "p.toml");
    REQUIRE_FALSE(parsed.has_value());
    CHECK(parsed.error().kind == ErrorKind::usage);
    CAPTURE(parsed.error().message);
    CHECK(parsed.error().message.starts_with(c.message));
    CHECK(parsed.error().message.find('\n') == std::string::npos);
    if (c.hint != "*") CHECK(parsed.error().hint == c.hint);
  }
}

TEST_CASE("policy: the one that is shipped says of usual keys what their names say") {
  const auto rules = load_policy("default");
  REQUIRE_MESSAGE(rules.has_value(), (rules ? "" : rules.error().message));
  constexpr std::int64_t k_minute = 60'000;
  constexpr std::int64_t k_hour = 60 * k_minute;
  struct Case {
    std::string key;
    std::optional<std::int64_t> ttl_ms;
    std::string wanted;
  };
  const Case cases[] = {
      // What `rcache demo` holds, healthy and not.
      {"contacts:org1:list:page:1:sort:name", 10 * k_minute, "ok"},
      {"contacts:org1:list:page:1:sort:name", 11 * k_minute, "too-long"},
      {"user:123:profile", 15 * k_minute, "ok"},
      {"user:123:profile:meta", 16 * k_minute, "too-long"},
      {"session:0cc175b9c0f1b6a831c399e269772661", 15 * k_minute, "ok"},
      {"session:0cc175b9c0f1b6a831c399e269772661", std::nullopt, "missing"},
      {"catalog:product:12", 24 * k_hour, "ok"},
      {"catalog:product:12", 25 * k_hour, "too-long"},
      {"search:0cc175b9c0f1b6a8", 5 * k_minute, "ok"},
      {"search:0cc175b9c0f1b6a8", 6 * k_minute, "too-long"},
      {"ratelimit:17:/api/login", k_minute, "ok"},
      {"ratelimit:17:/api/login", std::nullopt, "missing"},
      {"otp:100001", k_minute, "ok"},
      {"otp:100001", 61'000, "too-long"},
      {"lock:contacts:org1:list:page:1:sort:name", 30'000, "ok"},
      {"lock:contacts:org1:list:page:1:sort:name", std::nullopt, "missing"},
      {"lock:contacts:org1:list:page:1:sort:name", k_minute, "too-long"},
      {"report:daily:4", 20 * k_hour, "ok"},
      {"contacts:org7:export:4", std::nullopt, "missing"},
      {"contacts:org3:index", 24 * k_hour, "ok"},
      {"feature:flags:4", std::nullopt, "missing"},
      {"metrics:cache_hits", std::nullopt, "ok"},
      {"metrics:requests:200", k_minute, "ok"},
      {"metrics:requests:200", std::nullopt, "missing"},
      {"events:contacts", std::nullopt, "ok"},
      {"tag:contacts:org:2", std::nullopt, "missing"},
      {"tag:contacts:org:3", 30 * 24 * k_hour, "ok"},
      {"cachetag:catalog:category:4", k_hour, "ok"},
      {"tmp", std::nullopt, "missing"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.key);
    CHECK(judged(*rules, c.key, c.ttl_ms) == c.wanted);
  }
}

TEST_CASE("policy: what help prints is itself a policy, the default one, and fits a terminal") {
  const auto help = policy_help();
  CHECK(policy(help).rules.size() == load_policy("default")->rules.size());
  for (const auto& line : test::lines_of(help)) {
    CAPTURE(line);
    CHECK(line.size() <= 80);
  }
}

TEST_CASE("policy file: a file, and one that cannot be read") {
  test::TempDir folder;
  const auto path = folder.write("cache.toml", "[[rule]]\npattern = \"a:*\"\n");
  const auto read = load_policy(path);
  REQUIRE(read.has_value());
  CHECK(read->rules.size() == 2);
  CHECK(read->name == path);

  const auto missing = load_policy(folder.file("none.toml"));
  REQUIRE_FALSE(missing.has_value());
  CHECK(missing.error().kind == ErrorKind::usage);
  CHECK(missing.error().message ==
        "--policy: cannot read '" + folder.file("none.toml") + "': No such file or directory");
  const auto directory = load_policy(folder.path());
  REQUIRE_FALSE(directory.has_value());
  CHECK(directory.error().message ==
        "--policy: cannot read '" + folder.path() + "': Is a directory");
}

}  // namespace rcache::audit_ttl
