#include "core/utf8.h"

#include <doctest/doctest.h>

namespace rcache {
namespace {

TEST_CASE("is_valid_utf8: RFC 3629 section 4, and nothing beside it") {
  struct Case {
    const char* name;
    std::string_view bytes;
    bool valid;
  };
  using namespace std::string_view_literals;
  const Case cases[] = {
      {"nothing", "", true},
      {"ASCII with NUL", "a\0b"sv, true},
      {"two, three and four bytes", "é€😀", true},
      {"the last character", "\xf4\x8f\xbf\xbf", true},
      {"beyond the last", "\xf4\x90\x80\x80", false},
      {"a lone continuation", "\x80", false},
      {"cut short", "\xe2\x82", false},
      {"overlong slash", "\xc0\xaf", false},
      {"overlong in three", "\xe0\x80\xaf", false},
      {"overlong in four", "\xf0\x80\x80\xaf", false},
      {"a surrogate", "\xed\xa0\x80", false},
      {"never a byte", "\xff", false},
      {"bad after good", "ok\xc3(", false},
  };
  for (const auto& c : cases) {
    CAPTURE(c.name);
    CHECK(is_valid_utf8(c.bytes) == c.valid);
  }
}

TEST_CASE("display_width: columns, not bytes and not characters") {
  struct Case {
    const char* name;
    std::string_view text;
    std::size_t width;
  };
  const Case cases[] = {
      {"nothing", "", 0},           {"ASCII", "abc", 3},
      {"accent in one", "é", 1},    {"accent in two", "e\u0301", 1},
      {"Chinese", "日本", 4},       {"emoji", "😀", 2},
      {"Hangul", "한국", 4},        {"block elements", "█▏", 2},
      {"not UTF-8", "\xff\xfe", 2},
  };
  for (const auto& c : cases) {
    CAPTURE(c.name);
    CHECK(display_width(c.text) == c.width);
  }
}

TEST_CASE("shorten: never wider than asked, never half a character") {
  CHECK(shorten("contacts", 8) == "contacts");
  CHECK(shorten("contacts:1", 8) == "contact…");
  CHECK(shorten("contacts:1", 8, "~") == "contact~");
  CHECK(shorten("日本語", 6) == "日本語");
  CHECK(shorten("日本語", 5) == "日本…");
  CHECK(shorten("日本語", 4) == "日…");  // half of 本 would fit
  CHECK(shorten("abc", 1) == "…");
  CHECK(shorten("abc", 0) == "");
  for (std::size_t width = 0; width < 12; ++width) {
    CAPTURE(width);
    CHECK(display_width(shorten("a日b😀é\xff z", width)) <= width);
  }
}

}  // namespace
}  // namespace rcache
