#include "render/layout.h"

#include <doctest/doctest.h>

#include "core/utf8.h"

namespace rcache::render {
namespace {

using Lines = std::vector<std::string>;

TEST_CASE("pad: fills up to columns, not bytes") {
  CHECK(pad("ab", 4) == "ab  ");
  CHECK(pad("ab", 4, Align::right) == "  ab");
  CHECK(pad("日", 4) == "日  ");
  CHECK(pad("abcde", 4) == "abcde");
}

TEST_CASE("wrap: at spaces, and inside a word only when it is wider than a line") {
  CHECK(wrap("one two three", 7) == Lines{"one two", "three"});
  CHECK(wrap("one", 3) == Lines{"one"});
  CHECK(wrap("", 5) == Lines{""});
  CHECK(wrap("  a   b  ", 5) == Lines{"a b"});
  CHECK(wrap("abcdefgh ij", 5) == Lines{"abcde", "fgh", "ij"});
  CHECK(wrap("x abcdefgh", 5) == Lines{"x", "abcde", "fgh"});
  CHECK(wrap("日本語", 4) == Lines{"日本", "語"});
  CHECK(wrap("日", 1) == Lines{"日"});  // cannot be narrower; no endless loop
}

TEST_CASE("flow: pieces stay whole as long as one fits into a line") {
  CHECK(flow({"aa", "bb", "cc"}, ", ", 6) == Lines{"aa, bb", "cc"});
  CHECK(flow({"aa bb", "cc"}, "  ", 5) == Lines{"aa bb", "cc"});
  CHECK(flow({"aa bb cc"}, ", ", 5) == Lines{"aa bb", "cc"});
  CHECK(flow({}, ", ", 5).empty());
  CHECK(flow({"a   "}, ", ", 8) == Lines{"a"});
}

}  // namespace
}  // namespace rcache::render
