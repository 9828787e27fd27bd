#include "core/key_prefix.h"

#include <doctest/doctest.h>

namespace rcache {
namespace {

TEST_CASE("key prefix: it is put before keys and patterns, and taken off keys") {
  const KeyPrefix prefix("ecosire:");
  CHECK(prefix.on_key("contacts:org1") == "ecosire:contacts:org1");
  CHECK(prefix.on_pattern("contacts:*") == "ecosire:contacts:*");
  CHECK(prefix.off("ecosire:contacts:org1") == "contacts:org1");
  CHECK(prefix.off("ecosire:") == "");
  CHECK(prefix.off("other:contacts:org1") == std::nullopt);
  CHECK(prefix.off("ecosire") == std::nullopt);
}

TEST_CASE("key prefix: none changes nothing") {
  const KeyPrefix none;
  CHECK(none.empty());
  CHECK(none.on_key("a") == "a");
  CHECK(none.on_pattern("a*") == "a*");
  CHECK(none.off("a") == "a");
}

TEST_CASE("key prefix: in a pattern the prefix is literal, whatever it is made of") {
  CHECK(KeyPrefix("app[1]*:").on_pattern("x?") == "app\\[1\\]\\*:x?");
  CHECK(escape_glob("a\\b?") == "a\\\\b\\?");
  CHECK(escape_glob("plain-^:") == "plain-^:");
}

}  // namespace
}  // namespace rcache
