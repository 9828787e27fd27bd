#include "commands/audit_ttl/baseline.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "commands/audit_ttl/baseline_file.h"
#include "commands/audit_ttl/report.h"
#include "support/temp_dir.h"

namespace rcache::audit_ttl {
namespace {

Group group(std::string pattern, std::uint64_t missing, std::uint64_t too_long = 0) {
  Group out;
  out.pattern = std::move(pattern);
  out.keys = 1000;
  out.offences[Offence::missing] = missing;
  out.offences[Offence::too_long] = too_long;
  return out;
}

Baseline parsed(const std::string& text) {
  auto out = parse_baseline(text, "b.json");
  REQUIRE_MESSAGE(out.has_value(), (out ? "" : out.error().message));
  return std::move(*out);
}

std::string wrapped(const std::string& entries) {
  return "{\"schema\":\"rcache.audit-ttl-baseline/1\",\"known\":[" + entries + "]}";
}

/// "pattern kind known>present+added ..."
std::string written(const BaselineResult& result) {
  std::string out;
  for (const auto& each : result.changes) {
    out += (out.empty() ? "" : " | ") + each.pattern + " " + std::string(to_string(each.kind)) +
           " " + std::to_string(each.known) + ">" + std::to_string(each.present) + "+" +
           std::to_string(each.added);
  }
  return out;
}

}  // namespace

TEST_CASE("baseline: the file, as it stands in version control") {
  const auto baseline = baseline_of(
      {group("contacts:*:export:*", 70), group("b", 0, 2), group("healthy:*", 0), group("b", 1)},
      1'795'000'000'000);
  CHECK(baseline_json(baseline) ==
        "{\n"
        "  \"schema\": \"rcache.audit-ttl-baseline/1\",\n"
        "  \"created\": \"2026-11-18T11:06:40Z\",\n"
        "  \"known\": [\n"
        "    {\"pattern\":\"b\",\"kind\":\"missing\",\"keys\":1},\n"
        "    {\"pattern\":\"b\",\"kind\":\"too-long\",\"keys\":2},\n"
        "    {\"pattern\":\"contacts:*:export:*\",\"kind\":\"missing\",\"keys\":70}\n"
        "  ]\n"
        "}\n");
  CHECK(baseline_json(Baseline{}).find("\"known\": []\n}") != std::string::npos);
}

TEST_CASE("baseline: what was written is read back, whatever is in a key") {
  const std::string hostile[] = {
      "a\nb",         std::string("nul\0", 4), "\xff\xfe", "quote\"back\\", "\xe2\x80\xae",
      "</script>]]>", "::set-output name=x::y"};
  std::vector<Group> groups;
  for (const auto& key : hostile) groups.push_back(group(key, 3));
  const auto back = parsed(baseline_json(baseline_of(groups, 0)));
  CHECK(back.known.size() == std::size(hostile));
  const auto result = compare(back, groups);
  CHECK(result.added.total() == 0);
  CHECK(result.known == 3 * std::size(hostile));
  CHECK(result.changes.empty());
}

TEST_CASE("baseline: only new debt counts, and what is paid is said") {
  struct Case {
    std::string name;
    std::string known;
    std::vector<Group> groups;
    std::uint64_t added;
    std::uint64_t still;
    std::uint64_t paid;
    std::string changes;
  };
  const auto a = [](int keys) {
    return "{\"pattern\":\"a:*\",\"kind\":\"missing\",\"keys\":" + std::to_string(keys) + "}";
  };
  const Case cases[] = {
      {"the same", a(5), {group("a:*", 5)}, 0, 5, 0, ""},
      {"more of it", a(5), {group("a:*", 8)}, 3, 5, 0, "a:* missing 5>8+3"},
      {"less of it", a(5), {group("a:*", 2)}, 0, 2, 3, "a:* missing 5>2+0"},
      {"gone", a(5), {group("a:*", 0)}, 0, 0, 5, "a:* missing 5>0+0"},
      {"nothing known", "", {group("a:*", 2)}, 2, 0, 0, "a:* missing 0>2+2"},
      {"another pattern",
       a(5),
       {group("b:*", 2)},
       2,
       0,
       5,
       "b:* missing 0>2+2 | a:* missing 5>0+0"},
      {"another kind is new",
       a(5),
       {group("a:*", 0, 5)},
       5,
       0,
       5,
       "a:* too-long 0>5+5 | a:* missing 5>0+0"},
      {"a place that became a star", a(5), {group("*:*", 5)}, 0, 5, 0, ""},
      {"a star that became places",
       a(5),
       {group("a:x", 2), group("a:y", 4)},
       1,
       5,
       0,
       "a:y missing 3>4+1"},
      {"own first, then shared",
       "{\"pattern\":\"a:x\",\"kind\":\"missing\",\"keys\":1}," + a(5),
       {group("a:x", 4), group("a:*", 2)},
       0,
       6,
       0,
       ""},
      {"a pattern is not covered by one that is merely like it",
       a(5),
       {group("aa:b", 1)},
       1,
       0,
       5,
       "aa:b missing 0>1+1 | a:* missing 5>0+0"},
      {"the largest first",
       "",
       {group("a", 1), group("b", 9), group("c", 9)},
       19,
       0,
       0,
       "b missing 0>9+9 | c missing 0>9+9 | a missing 0>1+1"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.name);
    const auto result = compare(parsed(wrapped(c.known)), c.groups);
    CHECK(result.added.total() == c.added);
    CHECK(result.known == c.still);
    CHECK(result.paid == c.paid);
    CHECK(written(result) == c.changes);
  }
}

TEST_CASE("baseline: a mistake is named by file, line and column, with what is allowed") {
  struct Case {
    std::string name;
    std::string text;
    std::string message;
  };
  const std::string head = "{\n  \"schema\": \"rcache.audit-ttl-baseline/1\",\n  \"known\": [\n";
  const Case cases[] = {
      {"empty", "", "b.json:1:1: not JSON: "},
      {"not JSON", "{\n  \"schema\" x", "b.json:2:12: not JSON: "},
      {"TOML", "[known]\n", "b.json:1:1: a baseline is an object, found a list"},
      {"cut off", head + "    {\"pattern\": \"a\"", "b.json:4:19: not JSON: "},
      {"a number alone", " 12", "b.json:1:2: a baseline is an object, found 12"},
      {"a list", "[]", "b.json:1:1: a baseline is an object, found a list"},
      {"another file", "{\n \"schema\": \"rcache.stats/1\"}",
       "b.json:2:12: 'schema' must be \"rcache.audit-ttl-baseline/1\", found \"rcache.stats/1\""},
      {"another version", "{\"schema\": \"rcache.audit-ttl-baseline/2\"}",
       "b.json:1:12: 'schema' must be \"rcache.audit-ttl-baseline/1\", found "
       "\"rcache.audit-ttl-baseline/2\""},
      {"no schema", "{\"known\": []}", "b.json:1:13: there is no 'schema' in it"},
      {"nothing known", "{\"schema\": \"rcache.audit-ttl-baseline/1\"}",
       "b.json:1:41: there is no 'known' in it"},
      {"an unknown field", "{\n  \"schem\": 1}", "b.json:2:3: 'schem' is no field here"},
      {"known is no list", "{\"known\": {}}",
       "b.json:1:11: 'known' must be a list, found an object"},
      {"known is a word", "{\"known\":\n\"x\"}", "b.json:2:1: 'known' must be a list, found \"x\""},
      {"an entry that is a number", head + "    7\n  ]}",
       "b.json:4:5: 'known' holds objects, found 7"},
      {"an entry without its kind", head + "    {\"pattern\": \"a\", \"keys\": 1}]}",
       "b.json:4:5: an entry without 'kind'"},
      {"a kind that is none", head + "    {\"pattern\": \"a\", \"kind\": \"gone\"}]}",
       "b.json:4:30: 'kind' must be \"missing\", \"unwanted\", \"too-short\" or \"too-long\", "
       "found "
       "\"gone\""},
      {"a negative number", head + "    {\"keys\":\n-1\n}]}",
       "b.json:5:1: 'keys' must be a whole number, 1 or more, found -1"},
      {"a broken number", head + "    {\"keys\": 1.5}]}",
       "b.json:4:14: 'keys' must be a whole number, 1 or more, found 1.5"},
      {"none", head + "    {\"keys\": 0 }]}", "b.json:4:14: 'keys' must be 1 or more, found 0"},
      {"a number beyond numbers", head + "    {\"keys\": 99999999999999999999}]}",
       "b.json:4:14: 'keys' must be a whole number, 1 or more, found 99999999999999999999"},
      {"a word for a number", head + "    {\"keys\": \"7\"}]}",
       "b.json:4:14: 'keys' must be a whole number, 1 or more, found \"7\""},
      {"no pattern at all", head + "    {\"pattern\": null}]}",
       "b.json:4:17: 'pattern' must be a string, found null"},
      {"an empty pattern", head + "    {\"pattern\": \"\"}]}",
       "b.json:4:17: 'pattern' must not be empty"},
      {"a field twice", head + "    {\"keys\": 1, \"keys\": 2}]}",
       "b.json:4:17: 'keys' is there twice"},
      {"an entry twice",
       head + "    {\"pattern\":\"a\",\"kind\":\"missing\",\"keys\":1},\n"
              "    {\"pattern\":\"a\",\"kind\":\"missing\",\"keys\":2}]}",
       "b.json:5:5: 'a' is known as missing twice"},
      {"something behind it", wrapped("") + "\n{}", "b.json:2:1: not JSON: "},
      {"as deep as a stack", std::string(200'000, '['),
       "b.json:1:1: a baseline is an object, found a list"},
      {"deep inside", "{\"known\":" + std::string(200'000, '['),
       "b.json:1:11: 'known' holds objects, found a list"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.name);
    const auto got = parse_baseline(c.text, "b.json");
    REQUIRE_FALSE(got.has_value());
    CHECK(got.error().kind == ErrorKind::usage);
    CAPTURE(got.error().message);
    CHECK(got.error().message.starts_with(c.message));
  }
}

TEST_CASE("baseline: cut at each byte it is refused, never half read") {
  const auto whole = baseline_json(baseline_of({group("a", 1), group("b:*", 2, 3)}, 0));
  for (std::size_t size = 0; size + 2 < whole.size(); ++size) {
    CAPTURE(size);
    CHECK_FALSE(parse_baseline(whole.substr(0, size), "b.json").has_value());
  }
}

TEST_CASE("baseline file: written in one step, the old one kept when it cannot be") {
  test::TempDir folder;
  const auto path = folder.file("base.json");
  const auto old_mask = ::umask(027);
  REQUIRE(write_baseline(path, baseline_of({group("a", 1)}, 0)).has_value());
  ::umask(old_mask);
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777U) == 0640U);
  auto read = load_baseline(path);
  REQUIRE(read.has_value());
  REQUIRE(read->known.size() == 1);
  CHECK(read->known[0].keys == 1);

  // Again: the mode stays, nothing else is left in the folder, a link stays a link.
  REQUIRE(::chmod(path.c_str(), 0600) == 0);
  const auto link = folder.file("link.json");
  std::filesystem::create_symlink("base.json", link);
  REQUIRE(write_baseline(link, baseline_of({group("a", 7)}, 0)).has_value());
  CHECK(std::filesystem::is_symlink(link));
  REQUIRE(::stat(path.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777U) == 0600U);
  CHECK(load_baseline(path)->known[0].keys == 7);
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 2);

  const auto nowhere = write_baseline(folder.file("none/base.json"), Baseline{});
  REQUIRE_FALSE(nowhere.has_value());
  CHECK(nowhere.error().kind == ErrorKind::output);
  CHECK(nowhere.error().message == "--write-baseline: cannot write '" +
                                       folder.file("none/base.json") +
                                       "': No such file or directory");
  const auto unread = load_baseline(folder.file("none.json"));
  REQUIRE_FALSE(unread.has_value());
  CHECK(unread.error().kind == ErrorKind::usage);
  CHECK(unread.error().hint == "write one first: rcache audit-ttl --write-baseline FILE");
  CHECK(write_baseline("/dev/full", baseline_of({group("a", 1)}, 0)).error().kind ==
        ErrorKind::output);
  CHECK(write_baseline("/dev/null", baseline_of({group("a", 1)}, 0)).has_value());
  CHECK(std::filesystem::is_character_file("/dev/null"));
}

}  // namespace rcache::audit_ttl
