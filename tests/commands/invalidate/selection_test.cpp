#include "commands/invalidate/selection.h"

#include <doctest/doctest.h>

#include "redis/slot.h"

namespace rcache::invalidate {
namespace {

Selection chosen(const Options& options, const KeyPrefix& prefix = {},
                 const std::vector<std::string>& protect = {}) {
  auto selection = Selection::make(options, protect, prefix);
  REQUIRE(selection);
  return std::move(*selection);
}

Options patterns(std::vector<std::string> typed) {
  Options options;
  options.patterns = std::move(typed);
  return options;
}

}  // namespace

TEST_CASE("selection: a key is selected when any pattern matches it") {
  const auto selection = chosen(patterns({"a:*", "b:?"}));
  CHECK(selection.judge("a:1:2") == Verdict::selected);
  CHECK(selection.judge("b:1") == Verdict::selected);
  CHECK(selection.judge("b:12") == Verdict::other);
}

TEST_CASE("selection: exclude makes a key none of our business, protect keeps it and counts") {
  auto options = patterns({"a:*"});
  options.exclude = {"a:x:*"};
  options.protect = {"a:*:keep"};
  const auto selection = chosen(options, {}, {"a:profile:*"});
  CHECK(selection.judge("a:x:1") == Verdict::other);
  CHECK(selection.judge("a:x:keep") == Verdict::other);
  CHECK(selection.judge("a:y:keep") == Verdict::kept);
  CHECK(selection.judge("a:profile:1") == Verdict::kept);
  CHECK(selection.judge_member("elsewhere") == Verdict::selected);
  CHECK(selection.judge_member("a:profile:1") == Verdict::kept);
}

TEST_CASE("selection: the key prefix stands before every glob, taken literally") {
  auto options = patterns({"a:*"});
  options.protect = {"a:1"};
  const auto selection = chosen(options, KeyPrefix("app[1]:"));
  CHECK(selection.judge("app[1]:a:2") == Verdict::selected);
  CHECK(selection.judge("app[1]:a:1") == Verdict::kept);
  CHECK(selection.judge("a:2") == Verdict::other);
  CHECK(selection.judge("app1:a:2") == Verdict::other);
  CHECK(selection.scan_match() == "app\\[1\\]:a:*");
}

TEST_CASE("selection: several patterns share one scan, of what they have in common") {
  CHECK(chosen(patterns({"a:1:*"})).scan_match() == "a:1:*");
  CHECK(chosen(patterns({"app:user:*", "app:us?"})).scan_match() == "app:us*");
  CHECK(chosen(patterns({"a\\*b:*", "a\\*c:*"})).scan_match() == "a\\**");
  CHECK(chosen(patterns({"a:*", "b:*"})).scan_match().empty());
}

TEST_CASE("selection: slots are known when every pattern has a hash tag or is a plain key") {
  const auto tagged = chosen(patterns({"cache:{org1}:*", "user:7"})).slots();
  REQUIRE(tagged);
  CHECK(tagged->count() == 2);
  CHECK((*tagged)[redis::key_slot("org1")]);
  CHECK((*tagged)[redis::key_slot("user:7")]);
  CHECK_FALSE(chosen(patterns({"cache:{org1}:*", "user:*"})).slots());
  CHECK_FALSE(chosen(patterns({"cache:*{org1}"})).slots());
}

TEST_CASE("selection: patterns without anything special are keys") {
  CHECK(chosen(patterns({"user:7", "user:8", "user:7"})).plain_keys() ==
        std::vector<std::string>{"user:7", "user:8"});
  CHECK(chosen(patterns({"a\\*b"}), KeyPrefix("app*:")).plain_keys() ==
        std::vector<std::string>{"app*:a*b"});
  CHECK(chosen(patterns({"user:7", "user:?"})).plain_keys().empty());
}

TEST_CASE("selection: everything wants --all, and a bad glob names where it was given") {
  struct Case {
    const char* name;
    Options options;
    ErrorKind kind;
    const char* message;
  };
  auto long_protect = patterns({"a"});
  long_protect.protect = {std::string(2000, 'x')};
  const Case cases[] = {
      {"star", patterns({"a:*", "*"}), ErrorKind::refused, "'*' matches every key"},
      {"stars", patterns({"***"}), ErrorKind::refused, "'***' matches every key"},
      {"question and star", patterns({"?*"}), ErrorKind::refused, "'?*' matches every key"},
      {"many stars", patterns({std::string(65, '*') + "a"}), ErrorKind::usage, "pattern: "},
      {"long", long_protect, ErrorKind::usage, "--protect: "},
  };
  for (const auto& c : cases) {
    CAPTURE(std::string(c.name));
    const auto selection = Selection::make(c.options, {}, {});
    REQUIRE_FALSE(selection);
    CHECK(selection.error().kind == c.kind);
    CHECK(selection.error().message.starts_with(c.message));
  }
  auto all = patterns({"*"});
  all.all = true;
  CHECK(chosen(all).judge("anything") == Verdict::selected);
  CHECK(Selection::make(patterns({"*"}), {}, KeyPrefix("app:")).error().kind == ErrorKind::refused);
}

}  // namespace rcache::invalidate
