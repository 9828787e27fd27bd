#include "core/glob.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <random>
#include <set>
#include <sstream>

#include "core/key.h"
#include "redis/live.h"
#include "support/server.h"
#include "support/skip.h"

namespace rcache::redis {
namespace {

using namespace std::string_literals;
using test::Server;

constexpr unsigned k_seed = 20260711;

/// Short texts of the bytes that a glob could stumble over.
class HostileText {
 public:
  explicit HostileText(unsigned seed) : random_(seed) {}

  std::string of_size(std::size_t least, std::size_t most) {
    static const auto k_bytes = "aabbcd[[]]^^--\\\\**!??{}\0\x01\x7f\x80\xff"s;
    std::string text(least + random_() % (most - least + 1), ' ');
    for (char& byte : text) byte = k_bytes[random_() % k_bytes.size()];
    return text;
  }

 private:
  std::mt19937 random_;
};

std::set<std::string> random_keys(std::size_t count) {
  HostileText text(k_seed);
  std::set<std::string> keys = {""};
  while (keys.size() < count) keys.insert(text.of_size(1, 5));
  return keys;
}

// Separated by blanks.
constexpr auto k_corners = R"(
* ** *** ? ?*? [ [^ [] [^] [[] []] [^]] [a [^a [a- [a-] [a-c [c-a] [-a] [a-b-c] [\ [a\ [\] [\]]
[a-\]
[\a-c [^\^] [*] \ *\ \\ *\\* \* a\ a** *a*b* *[^a]* *[]* *[^]* *[ *[^ []-a]* *[a-]b* [!a] {a,b} *-*
)";

/// Corners first, then random ones: `count` in all.
std::vector<std::string> patterns(std::size_t count) {
  std::vector<std::string> all = {"\0"s,          "*\0*"s,        "[\0]"s,       "[\0"s,
                                  "[\0-\xff]"s,   "[^\0-\x80]*"s, "[\x7f-\x80]", "[\x80-\xff]*",
                                  "[^\x80-\xff]", "\xff*"};
  std::istringstream corners(k_corners);
  for (std::string pattern; corners >> pattern;) all.push_back(pattern);
  HostileText text(k_seed + 1);
  while (all.size() < count) all.push_back(text.of_size(1, 8));
  return all;
}

std::set<std::string> keys_of(const test::Value& scan) {
  if (scan[0].text != "0") throw test::Failure("not one batch: " + scan.describe());
  std::set<std::string> keys;
  for (const auto& key : scan[1].items) keys.insert(key.text);
  return keys;
}

struct Comparison {
  std::size_t pairs = 0;
  std::size_t matches = 0;
  std::string differences;  ///< the first few, in words
};

void compare(const std::string& pattern, const std::set<std::string>& keys,
             const std::set<std::string>& of_server, Comparison& so_far) {
  const auto glob = Glob::parse(pattern);
  if (!glob) throw test::Failure(glob.error().message);
  for (const auto& key : keys) {
    const bool server_says = of_server.contains(key);
    ++so_far.pairs;
    so_far.matches += server_says ? 1U : 0U;
    if (glob->matches(key) == server_says || so_far.differences.size() > 1000) continue;
    so_far.differences += fmt::format("the server says that '{}' {} '{}'\n", printable(pattern),
                                      server_says ? "matches" : "does not match", printable(key));
  }
}

Comparison compare_with(Server& server, const std::set<std::string>& keys,
                        const std::vector<std::string>& all_patterns) {
  std::vector<test::Words> commands;
  for (const auto& key : keys) commands.push_back({"SET", key, "1"});
  server.pipeline(commands);
  commands.clear();
  for (const auto& pattern : all_patterns) {
    commands.push_back({"SCAN", "0", "MATCH", pattern, "COUNT", "100000"});
  }
  const auto replies = server.pipeline(commands);
  Comparison comparison;
  for (std::size_t i = 0; i < all_patterns.size(); ++i) {
    compare(all_patterns[i], keys, keys_of(replies.at(i)), comparison);
  }
  return comparison;
}

void check_against(const std::string& server_name) {
  Server server({.binary = *test::find_server(server_name)});
  const auto comparison = compare_with(server, random_keys(2000), patterns(700));
  CAPTURE(k_seed);
  CHECK(comparison.differences == "");
  CHECK(comparison.pairs == 1'400'000);
  // That they agree would mean little if next to nothing matched.
  CHECK(comparison.matches > 20'000);
}

TEST_CASE("glob: it says what a Redis server says, of 1,400,000 hostile pairs") {
  RCACHE_NEED_SERVER("redis");
  check_against("redis");
}

TEST_CASE("glob: it says what a Valkey server says, of 1,400,000 hostile pairs") {
  RCACHE_NEED_SERVER("valkey");
  check_against("valkey");
}

TEST_CASE("glob: it agrees with the server on many stars and long keys") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  std::mt19937 random(k_seed);
  const auto ab = [&](std::size_t size, const std::string& bytes) {
    std::string text(size, ' ');
    for (char& byte : text) byte = bytes[random() % bytes.size()];
    return text;
  };
  std::set<std::string> keys;
  while (keys.size() < 300) keys.insert(ab(1 + random() % 60, "aaab"));
  std::vector<std::string> starred = {std::string(64, '*')};
  while (starred.size() < 300) starred.push_back(ab(1 + random() % 40, "aaab**?"));
  const auto comparison = compare_with(server, keys, starred);
  CAPTURE(k_seed);
  CHECK(comparison.differences == "");
  CHECK(comparison.matches > 1'000);
}

}  // namespace
}  // namespace rcache::redis
