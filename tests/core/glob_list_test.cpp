#include "core/glob_list.h"

#include <doctest/doctest.h>

namespace rcache {
namespace {

GlobList list_of(const std::vector<std::string>& typed, const std::string& prefix = {}) {
  auto list = GlobList::parse(typed, "--exclude", KeyPrefix(prefix));
  REQUIRE(list);
  return std::move(*list);
}

TEST_CASE("glob list: a key is meant when any glob matches it") {
  const auto list = list_of({"a:*", "b:?"});
  CHECK(list.matches("a:1:2"));
  CHECK(list.matches("b:1"));
  CHECK_FALSE(list.matches("b:12"));
  CHECK_FALSE(list_of({}).matches("a"));
}

TEST_CASE("glob list: SCAN matches one glob as it is, and of several what they have in common") {
  CHECK(list_of({}).scan_match().empty());
  CHECK(list_of({"a:[12]*"}).scan_match() == "a:[12]*");
  CHECK(list_of({"app:a:*", "app:b*"}).scan_match() == "app:*");
  CHECK(list_of({"app:a:*", "*"}).scan_match().empty());
  CHECK(list_of({"a:*", "b:*"}, "x*y:").scan_match() == "x\\*y:*");
}

TEST_CASE("glob list: an error names the flag and what was typed, not what became of it") {
  const auto list = GlobList::parse({"a", ""}, "--exclude", KeyPrefix("app:"));
  REQUIRE_FALSE(list);
  CHECK(list.error().kind == ErrorKind::usage);
  CHECK(list.error().message.starts_with("--exclude: "));
  CHECK(list.error().message.find("app:") == std::string::npos);
}

}  // namespace
}  // namespace rcache
