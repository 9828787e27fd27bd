#include "core/glob.h"

#include <doctest/doctest.h>

namespace rcache {
namespace {

using namespace std::string_literals;

Glob glob(std::string_view pattern) {
  auto parsed = Glob::parse(pattern);
  REQUIRE(parsed);
  return *parsed;
}

bool matches(std::string_view pattern, std::string_view key) {
  return glob(pattern).matches(key);
}

std::string refusal_of(std::string_view pattern) {
  const auto parsed = Glob::parse(pattern);
  if (parsed) return "";
  CHECK(parsed.error().kind == ErrorKind::usage);
  return parsed.error().message;
}

std::string repeated(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

// Source: https://github.com/redis/redis/blob/7.0/src/util.c (stringmatchlen); the live test
// compares with a server.
TEST_CASE("glob: what the server's matcher says of every special character and corner of it") {
  struct Case {
    std::string pattern;
    std::vector<std::string> yes;
    std::vector<std::string> no;
  };
  const Case cases[] = {
      {"a", {"a"}, {"", "A", "aa", "b"}},
      {"*", {"", "a", "\xff"s, "a\0b"s}, {}},
      {"**", {"a", "ab"}, {""}},
      {"a*", {"a", "ab", "a\nb"}, {"", "ba"}},
      {"a**", {"a", "ab"}, {""}},
      {"*a", {"a", "ba", "aa"}, {"", "ab"}},
      {"*a*b*", {"ab", "xaxbx", "ba b"}, {"a", "b", "ba"}},
      {"*ab", {"ab", "aab", "abab"}, {"aba", "b"}},
      {"a*bc*d", {"abcd", "abxbcxd", "abcbcdd"}, {"abd", "abc", "acbd"}},
      {"?", {"a", "*", "\0"s, "\x80"}, {"", "ab", "é"}},
      {"??", {"é"}, {"e"}},
      {"*?", {"a", "ab"}, {""}},
      {"[ab]", {"a", "b"}, {"", "c", "ab", "["}},
      {"[^ab]", {"c", "^", "\xff"}, {"", "a", "b"}},
      {"[!a]", {"!", "a"}, {"b", ""}},
      {"[a^]", {"a", "^"}, {"b"}},
      {"[a-c]", {"a", "b", "c"}, {"d", "-"}},
      {"[c-a]", {"a", "b", "c"}, {"d", "-"}},
      {"[^a-c]", {"d", "-"}, {"a", "b", "c"}},
      {"[a-]", {"a", "]", "^", "_", "`"}, {"-", "b", "\\"}},
      {"[-a]", {"-", "a"}, {"b", "]"}},
      {"[a-c-e]", {"a", "b", "c", "-", "e"}, {"d"}},
      {"[a-b-c]x", {"ax", "bx", "-x", "cx"}, {"a", "dx"}},
      {"[]", {}, {"", "]", "[", "[]", "a"}},
      {"[]]", {}, {"]", "[]]", "a]"}},
      {"[]a]", {}, {"a", "]", "a]"}},
      {"[^]", {"a", "]", "\0"s, "\xff"}, {"", "ab"}},
      {"[^]]", {"a]", "]]"}, {"a", "]"}},
      {"[\\]]", {"]"}, {"\\", "]]", "\\]"}},
      {"[\\^a]", {"^", "a"}, {"b", "\\"}},
      {"[\\]", {"]"}, {"\\", "[]", ""}},
      {"[\\a-c]", {"a", "-", "c"}, {"b", "\\"}},
      {"[a-\\]", {"\\", "]", "^", "a"}, {"b", "[", "-"}},
      {"[a\\-c]", {"a", "-", "c"}, {"b", "\\"}},
      {"[", {}, {"", "[", "a"}},
      {"[^", {"a", "[", "^"}, {"", "ab"}},
      {"[a", {"a"}, {"b", "[", "[a", ""}},
      {"[^a", {"b", "["}, {"a", ""}},
      {"[a-", {"a", "-"}, {"b", "]"}},
      {"[a-c", {"a", "b", "c"}, {"-", "d"}},
      {"[\\", {"\\"}, {"[", "a"}},
      {"[a\\", {"a", "\\"}, {"b"}},
      {"[*?]", {"*", "?"}, {"a", ""}},
      {"x[*", {"x*"}, {"x", "xa", "x["}},
      {"\\", {"\\"}, {"", "a"}},
      {"a\\", {"a\\"}, {"a", "ab"}},
      {"*\\", {"\\", "a\\"}, {"", "a"}},
      {"\\\\", {"\\"}, {"\\\\", ""}},
      {"a\\b", {"ab"}, {"a\\b"}},
      {"\\*", {"*"}, {"a", "", "\\*"}},
      {"\\*\\?\\[", {"*?["}, {"a?["}},
      {"]", {"]"}, {"a"}},
      {"{a,b}", {"{a,b}"}, {"a", "b"}},
      {"a\0*"s, {"a\0"s, "a\0b"s}, {"a", "ab"}},
      {"[\x01-\x7f]", {"\x01", "a", "\x7f"}, {"\0"s, "\x80", "\xff"}},
      {"[\x80-\xff]", {"\x80", "\xc3", "\xff"}, {"\0"s, "\x7f"}},
      {"[\0-\xff]"s, {"\0"s, "\xff"}, {"a", "\x7f", "\x80"}},
      {"[\x7f-\x80]", {"\0"s, "a", "\x7f", "\x80", "\xff"}, {}},
      {"[^\x7f-\x80]", {}, {"\0"s, "a", "\x7f", "\x80", "\xff"}},
  };
  for (const auto& c : cases) {
    CAPTURE(c.pattern);
    for (const auto& key : c.yes) {
      CAPTURE(key);
      CHECK(matches(c.pattern, key));
    }
    for (const auto& key : c.no) {
      CAPTURE(key);
      CHECK_FALSE(matches(c.pattern, key));
    }
  }
}

TEST_CASE("glob: 64 stars against a key of 100 KB end at once, match or not") {
  const auto pattern = glob(repeated("a*", 63) + "*b");
  std::string key(100'000, 'a');
  CHECK_FALSE(pattern.matches(key));
  key += 'b';
  CHECK(pattern.matches(key));
  const auto classes = glob(repeated("*[ab]?", 64) + "c");
  CHECK_FALSE(classes.matches(key));
}

TEST_CASE("glob: what a server would not take, or not answer in time, is refused") {
  CHECK(refusal_of("") == "an empty pattern matches nothing but the empty key");
  CHECK(refusal_of(std::string(1024, 'a')) == "");
  CHECK(refusal_of(std::string(1500, 'a')) ==
        "a pattern of 1,500 bytes is too long (at most 1 KiB)");
  CHECK(refusal_of(repeated("a*", 64)) == "");
  CHECK(refusal_of(repeated("\na*", 65)) ==
        "the pattern "
        "'\\x0aa*\\x0aa*\\x0aa*\\x0aa*\\x0aa*\\x0aa*\\x0aa*\\x0aa*\\x0aa*\\x0aa*"
        "\\x0aa*\\x0aa*\\x0aa*\\x0aa*\\x0aa*\\x0aa*\\x0aa*\\x0aa*\\x0aa*\\x0aa*...(+135 bytes)' "
        "has 65 stars (at most 64)");
  // An escaped star and one in a class cost nothing.
  CHECK(refusal_of(repeated("*\\*", 64) + "[" + repeated("*", 100) + "]") == "");
}

TEST_CASE("glob: the literal prefix ends at the first special character, escapes resolved") {
  struct Case {
    const char* pattern;
    const char* prefix;
  };
  const Case cases[] = {{"contacts:org1:*", "contacts:org1:"},
                        {"a\\*b\\c*", "a*bc"},
                        {"*a", ""},
                        {"a?b", "a"},
                        {"a[b]", "a"},
                        {"a]b", "a]b"},
                        {"a\\", "a\\"}};
  for (const auto& c : cases) {
    CAPTURE(c.pattern);
    CHECK(glob(c.pattern).literal_prefix() == c.prefix);
  }
}

TEST_CASE("glob: a pattern without anything special is one key") {
  CHECK(glob("user:1").literal() == "user:1");
  CHECK(glob("user\\*").literal() == "user*");
  CHECK(glob("user*").literal() == std::nullopt);
  CHECK(glob("[a]").literal() == std::nullopt);
  CHECK(glob("a\0b"s).literal() == "a\0b"s);
}

TEST_CASE("glob: only stars match everything, and the text stays as it was") {
  CHECK(glob("*").matches_everything());
  CHECK(glob("***").matches_everything());
  CHECK(glob("?*").matches_everything());
  CHECK_FALSE(glob("?").matches_everything());
  CHECK_FALSE(glob("\\*").matches_everything());
  CHECK(glob("[a-").text() == "[a-");
}

TEST_CASE("glob: the hash tag counts when it stands before anything special") {
  struct Case {
    const char* name;
    const char* pattern;
    std::optional<std::string> tag;
  };
  const Case cases[] = {
      {"in the middle", "cache:{org1}:*", "org1"},
      {"in front", "{org1}*", "org1"},
      {"the first of two", "{a}{b}*", "a"},
      {"braces in it", "{{a}}*", "{a"},
      {"none", "cache:*", std::nullopt},
      {"behind a star", "*{org1}", std::nullopt},
      {"a star in it", "{org*}", std::nullopt},
      {"a class in it", "{org[1]}", std::nullopt},
      {"an escape in it", "{org\\1}:*", std::nullopt},
      {"behind an escape", "a\\*{org1}:*", std::nullopt},
      {"an empty one hashes the whole key", "{}{org1}:*", std::nullopt},
      {"not closed", "{org1:*", std::nullopt},
      {"not opened", "org1}:*", std::nullopt},
      {"closed before it opens", "}{org1}:*", "org1"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.name);
    CHECK(glob(c.pattern).hash_tag() == c.tag);
  }
}

TEST_CASE("glob: a doubt names what is read otherwise than it looks") {
  struct Case {
    std::string pattern;
    const char* doubt;
  };
  const Case cases[] = {
      {"user:[!a]*", "'[!a]' does not negate in Redis globs: write [^a]"},
      {"[!0-9", "'[!0-9' does not negate in Redis globs: write [^0-9"},
      {"[!\n]", "'[!\\x0a]' does not negate in Redis globs: write [^\\x0a]"},
      {"[!]", ""},
      {"[^!a]", ""},
      {"[\\!a]", ""},
      {"\\[!a]", ""},
      {"a:{b,c}:*", "'{b,c}' has no meaning in Redis globs: it matches these characters literally"},
      {"{org1}:*", ""},
      {"{abc}:*", ""},
      {"{org1}:a,b}", ""},
      {"{a,b", ""},
      {"\\{a,b}", ""},
      {"[{a,b}]", ""},
      {"[\x01-\xff]",
       "the range '\\x01-\\xff' crosses byte 0x80: Redis compares signed bytes, so this is not the "
       "range that it seems to be"},
      {"[xa-\xc3\xa9]",
       "the range 'a-\\xc3' crosses byte 0x80: Redis compares signed bytes, so this is not the "
       "range that it seems to be"},
      {"[\x80-\xff]", ""},
      {"[\x01-\x7f]", ""},
      {"contacts:*", ""},
  };
  for (const auto& c : cases) {
    CAPTURE(c.pattern);
    CHECK(glob(c.pattern).doubt() == c.doubt);
  }
}

}  // namespace
}  // namespace rcache
