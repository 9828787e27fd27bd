#include "core/key_pattern.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <random>

namespace rcache {
namespace {

using namespace std::string_literals;

/// "3 a:*, 1 b": the groups as one line.
std::string line_of(const KeyPatterns& patterns) {
  std::string line;
  for (const auto& group : patterns.groups()) {
    line += fmt::format("{}{} {}", line.empty() ? "" : ", ", group.keys, group.pattern);
  }
  return line;
}

std::string inferred(const std::vector<std::string>& keys, KeyPatternOptions options = {}) {
  KeyPatterns patterns(options);
  for (const auto& key : keys) patterns.add(key);
  return line_of(patterns);
}

std::uint64_t keys_in(const KeyPatterns& patterns) {
  std::uint64_t keys = 0;
  for (const auto& group : patterns.groups()) keys += group.keys;
  return keys;
}

TEST_CASE("key pattern: most keys first, then by pattern, and every key counted once") {
  CHECK(inferred({}) == "");
  CHECK(inferred({"contacts:org1:list:5:20", "contacts:org1:list:0:20", "contacts:org2:list:5:20",
                  "user:123:profile", "user:9:profile", "config", "app:v2:user:123:profile"}) ==
        "2 contacts:org1:list:*:*, 2 user:*:profile, 1 app:v2:user:*:profile, 1 config, "
        "1 contacts:org2:list:*:*");
  CHECK(inferred({"user:1", "user:1:profile", "user"}) == "1 user, 1 user:*, 1 user:*:profile");
}

TEST_CASE("key pattern: keys as real applications name them") {
  struct Case {
    const char* key;
    const char* pattern;
  };
  const Case cases[] = {
      {"session:550e8400-e29b-41d4-a716-446655440000", "session:*"},
      {"sess:Xj3kdP0aLq9TzR7mWv2YbN5c", "sess:*"},
      {"PHPREDIS_SESSION:0cc175b9c0f1b6a831c399e269772661", "PHPREDIS_SESSION:*"},
      {"user:123:profile", "user:*:profile"},
      {"app:v2:user:123:profile", "app:v2:user:*:profile"},
      {"{org1}:contacts:5", "{org1}:contacts:*"},
      {"user:{123}:cart", "user:*:cart"},
      {"rate:1.2.3.4", "rate:*"},
      {"rate:login:10.0.0.1:60", "rate:login:*:*"},
      {"lock:order:99", "lock:order:*"},
      {"otp:ann@example.com", "otp:*"},
      {"pkg:@scope/name.js", "pkg:@scope/name.js"},
      {"stats:2026-11-21", "stats:*"},
      {"stats:2026-W47", "stats:*"},
      {"stats:20261121T030000Z:hits", "stats:*:hits"},
      {"report:2026-11-21T03:00:00Z", "report:*:*:*"},
      {"stats:1h", "stats:1h"},
      {"temp:-3.5", "temp:*"},
      {"commit:9fceb02d", "commit:*"},
      {"commit:deadbeef", "commit:deadbeef"},
      {"commit:deadbeef-v2", "commit:deadbeef-v2"},
      {"commit:9fceb0", "commit:9fceb0"},
      {"cart:sess_0cc175b9c0f1b6a8", "cart:*"},
      {"cart:order-123456789", "cart:*"},
      {"upload:01ARZ3NDEKTSV4RRFFQ69G5FAV", "upload:*"},
      {"upload:01ARZ3NDEKTSVRRRFFQ69G5FAV", "upload:*"},
      {"upload:V1StGXR8_Z5jdHi6B-myT", "upload:*"},
      {"jwt:eyJhbGciOiJIUzI1NiJ9", "jwt:*"},
      {"api:getProductListV2Response", "api:getProductListV2Response"},
      {"api:exportContactsReportV2Page10", "api:exportContactsReportV2Page10"},
      {"api:contacts-2026-export-v12", "api:contacts-2026-export-v12"},
      {"page-17:html", "page-17:html"},
      {"user17:html", "user17:html"},
      {"größe:xl", "größe:xl"},
      // Laravel, Django, Spring, Sidekiq, BullMQ, Rails.
      {"laravel_database_laravel_cache_:f1f70ec40aaa556905d4a030501c0ba4",
       "laravel_database_laravel_cache_:*"},
      {"laravel_cache_:tag:contacts:entries", "laravel_cache_:tag:contacts:entries"},
      {":1:views.decorators.cache.cache_page.GET.d41d8cd98f00b204e9800998ecf8427e.en-us.UTC",
       ":*:*"},
      {":1:product_list", ":*:product_list"},
      {"spring:session:sessions:expires:0a8f5a5e-2b1e-4f0e-8d5e-0d6c1a9b8c7d",
       "spring:session:sessions:expires:*"},
      {"spring:session:expirations:1523456780000", "spring:session:expirations:*"},
      {"stat:processed:2026-11-21", "stat:processed:*"},
      {"bull:mail:4711:lock", "bull:mail:*:lock"},
      {"views/projects/123-20260806214154", "*"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.key);
    CHECK(inferred({c.key}) == fmt::format("1 {}", c.pattern));
  }
}

TEST_CASE("key pattern: empty keys, empty segments and any bytes are kept apart") {
  CHECK(inferred({""}) == "1 ");
  CHECK(inferred({":"}) == "1 :");
  CHECK(inferred({"a::b", "a:b", ":a", "a:", "a", "::"}) == "1 ::, 1 :a, 1 a, 1 a:, 1 a::b, 1 a:b");
  CHECK(inferred({"a\0b:\xff\x80"s}) == "1 a\0b:\xff\x80"s);
  CHECK(inferred({"a*b:[c]"}) == "1 a*b:[c]");
  // A star by name reads like any other, so it counts with them.
  CHECK(inferred({"a:*", "a:1"}) == "2 a:*");
}

TEST_CASE("key pattern: the delimiter is chosen, and any byte will do") {
  CHECK(inferred({"views/projects/123-20260806214154", "a:1/b"}, {.delimiter = '/'}) ==
        "1 a:1/b, 1 views/projects/*");
  CHECK(inferred({"a\0b\0001"s}, {.delimiter = '\0'}) == "1 a\0b\0*"s);
}

TEST_CASE("key pattern: more different words than may be told apart are one star") {
  KeyPatterns patterns;
  for (int i = 1; i <= 40; ++i) patterns.add(fmt::format("contacts:org{}:list", i));
  CHECK(patterns.groups().size() == 40);
  for (int i = 1; i <= 40; ++i) patterns.add(fmt::format("contacts:org{}:list", i));
  CHECK(patterns.groups().size() == 40);
  patterns.add("contacts:org41:list");
  CHECK(line_of(patterns) == "81 contacts:*:list");
  patterns.add("contacts:org1:count");
  CHECK(line_of(patterns) == "81 contacts:*:list, 1 contacts:*:count");
  CHECK_FALSE(patterns.folded());
}

TEST_CASE("key pattern: what was below the words is merged, and may become variable by that") {
  // Two places with two words each are one with three.
  const KeyPatternOptions two{.max_variants = 2};
  CHECK(inferred({"x:a:1", "y:a:1", "z:b:1"}, two) == "2 *:a:*, 1 *:b:*");
  CHECK(inferred({"x:a:1", "x:b", "y:c:2", "y:a", "z:a:e"}, two) == "2 *:*, 2 *:*:*, 1 *:*:e");
  CHECK(inferred({"x:a", "x:b", "x:c", "y:d", "z:d"}, two) == "5 *:*");
  CHECK(inferred({"x:d", "y:a", "y:b", "y:c", "z:d"}, two) == "5 *:*");
  CHECK(inferred({"x:a", "5:a", "y:b", "z:a"}, two) == "3 *:a, 1 *:b");
  CHECK(inferred({"a:b", "c"}, {.max_variants = 0}) == "1 *, 1 *:*");
}

TEST_CASE("key pattern: what is merged makes room again") {
  KeyPatterns patterns({.max_groups = 4, .max_variants = 2});
  for (const auto* key : {"x:a", "y:a", "z:a", "x:b"}) patterns.add(key);
  CHECK(line_of(patterns) == "3 *:a, 1 *:b");
  CHECK_FALSE(patterns.folded());
}

TEST_CASE("key pattern: the order of the keys does not matter") {
  std::mt19937 random(7);
  std::vector<std::string> keys;
  for (int i = 0; i < 2000; ++i) {
    keys.push_back(fmt::format("ns{}:{}:w{}:{}", random() % 6, random() % 4, random() % 12,
                               random() % 2 == 0 ? "a" : "b"));
    if (i % 5 == 0) keys.back() += fmt::format(":t{}", random() % 9);
  }
  const KeyPatternOptions eight{.max_variants = 8};
  const auto expected = inferred(keys, eight);
  CHECK(expected.find("ns0:*:*:a") != std::string::npos);
  for (int round = 0; round < 5; ++round) {
    std::shuffle(keys.begin(), keys.end(), random);
    CHECK(inferred(keys, eight) == expected);
  }
}

TEST_CASE("key pattern: behind twelve segments the rest is one star") {
  CHECK(inferred({"a:b:c:d:e:f:g:h:i:j:k:l"}) == "1 a:b:c:d:e:f:g:h:i:j:k:l");
  CHECK(inferred({"a:b:c:d:e:f:g:h:i:j:k:l:m", "a:b:c:d:e:f:g:h:i:j:k:l:m:n:o"}) ==
        "2 a:b:c:d:e:f:g:h:i:j:k:l:*");
  CHECK(inferred({"x:b:c:d:e:f:g:h:i:j:k:l:m", "y:b:c:d:e:f:g:h:i:j:k:l:m", "z"},
                 {.max_variants = 2}) == "2 *:b:c:d:e:f:g:h:i:j:k:l:*, 1 *");
  std::string endless;
  for (int i = 0; i < 200'000; ++i) endless += "a:";
  endless += std::string(112'000, 'b');
  CHECK(inferred({endless}) == "1 a:a:a:a:a:a:a:a:a:a:a:a:*");
}

TEST_CASE("key pattern: a segment that nobody would type is variable") {
  CHECK(inferred({"a:" + std::string(128, 'x')}) == "1 a:" + std::string(128, 'x'));
  CHECK(inferred({"a:" + std::string(129, 'x')}) == "1 a:*");
  CHECK(inferred({std::string(512 * 1024, 'x')}) == "1 *");
}

TEST_CASE("key pattern: what does not fit stands in its parent's group, the rarest first") {
  KeyPatterns patterns({.max_groups = 8});
  for (int i = 0; i < 9; ++i) patterns.add("user:name");
  for (const auto* word : {"a", "b", "c", "d", "e"}) patterns.add("rare:"s + word);
  CHECK_FALSE(patterns.folded());
  CHECK(patterns.groups().size() == 6);
  patterns.add("rare:f");
  CHECK(patterns.folded());
  CHECK(line_of(patterns) == "9 user:name, 6 rare:*");
  // Such a group is the same as that of keys which read so by themselves.
  patterns.add("rare:17");
  CHECK(line_of(patterns) == "9 user:name, 7 rare:*");
}

TEST_CASE("key pattern: with next to no room the rarest go, and with none everything is one star") {
  CHECK(inferred({"a:b", "c", ""}, {.max_groups = 0}) == "3 *");
  CHECK(inferred({"a:b", "a:b", "c"}, {.max_groups = 2}) == "2 a:b, 1 *");
}

TEST_CASE("key pattern: a million random words need no more room than one") {
  std::mt19937 random(42);
  KeyPatterns patterns;
  std::string key(12, ' ');
  for (int i = 0; i < 1'000'000; ++i) {
    for (char& byte : key) byte = static_cast<char>('a' + random() % 26);
    patterns.add(key);
  }
  CHECK(line_of(patterns) == "1000000 *");
}

TEST_CASE("key pattern: however keys branch, the groups stay within their bound and add up") {
  std::mt19937 random(42);
  KeyPatterns patterns({.max_groups = 500});
  std::string key;
  for (int i = 0; i < 100'000; ++i) {
    // Never more than 26 words at a place, so no place becomes variable.
    key = "root";
    for (int depth = 0; depth < 10; ++depth) {
      key += ':';
      key += static_cast<char>('a' + random() % 26);
    }
    patterns.add(key);
    patterns.add("heavy:one");
    if (i % 5000 == 0) CHECK(patterns.groups().size() <= 1000);
  }
  CHECK(patterns.folded());
  CHECK(keys_in(patterns) == 200'000);
  CHECK(patterns.groups().front().pattern == "heavy:one");
  CHECK(patterns.groups().front().keys == 100'000);
}

TEST_CASE("key pattern: it can be moved, with all that it knows") {
  KeyPatterns first;
  first.add("a:1");
  KeyPatterns second = std::move(first);
  second.add("a:2");
  CHECK(line_of(second) == "2 a:*");
}

}  // namespace
}  // namespace rcache
