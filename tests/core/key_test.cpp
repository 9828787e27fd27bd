#include "core/key.h"

#include <doctest/doctest.h>

#include <set>

namespace rcache {
namespace {

using namespace std::string_view_literals;

TEST_CASE("printable: what could forge a line, move the cursor or hide is shown as bytes") {
  struct Case {
    const char* name;
    std::string_view bytes;
    const char* shown;
  };
  const Case cases[] = {
      {"nothing", "", ""},
      {"plain", "contacts:org1:*", "contacts:org1:*"},
      {"readable UTF-8 stays", "café:日本:😀", "café:日本:😀"},
      {"NUL", "a\0b"sv, "a\\x00b"},
      {"line feed", "cache:1\nimportant", "cache:1\\x0aimportant"},
      {"escape sequence", "\x1b[2Jgone", "\\x1b[2Jgone"},
      {"DEL", "\x7f", "\\x7f"},
      {"C1 raw",
       "\x9b"
       "31m",
       "\\x9b31m"},
      {"C1 as UTF-8",
       "\xc2\x9b"
       "31m",
       "\\xc2\\x9b31m"},
      {"invalid UTF-8", "\xff\xfe", "\\xff\\xfe"},
      {"good after bad", "\xe2\x82z", "\\xe2\\x82z"},
      {"backslash", "a\\x00b", "a\\\\x00b"},
      {"right to left override", "a\u202eb", "a\\xe2\\x80\\xaeb"},
      {"directional isolate", "\u2066", "\\xe2\\x81\\xa6"},
      {"zero width space", "\u200b", "\\xe2\\x80\\x8b"},
      {"byte order mark", "\ufeff", "\\xef\\xbb\\xbf"},
      {"line separator", "\u2028", "\\xe2\\x80\\xa8"},
      {"Arabic letter mark", "\u061c", "\\xd8\\x9c"},
      {"tag characters", "\U000e0041", "\\xf3\\xa0\\x81\\x81"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.name);
    CHECK(printable(c.bytes) == c.shown);
  }
}

TEST_CASE("printable: any two bytes give one line of valid UTF-8, and no two of them the same") {
  std::set<std::string> seen;
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      const std::string bytes{static_cast<char>(first), static_cast<char>(second)};
      const auto shown = printable(bytes);
      if (!is_valid_utf8(shown) || shown.find_first_of("\n\r\x1b\x7f") != std::string::npos) {
        FAIL("not harmless: " << first << " " << second);
      }
      seen.insert(shown);
    }
  }
  CHECK(seen.size() == 65536);
}

TEST_CASE("printable: a long key is cut between characters, and says how much is missing") {
  CHECK(printable("abcdef", 6) == "abcdef");
  CHECK(printable("abcdef", 4) == "abcd...(+2 bytes)");
  CHECK(printable("日本語", 5) == "日...(+6 bytes)");
  CHECK(printable("\x80\x80\x80\x80\x80\x80", 4) == "\\x80\\x80\\x80\\x80...(+2 bytes)");
  CHECK(printable("abc", 0) == "...(+3 bytes)");
}

TEST_CASE("base64: the test vectors of RFC 4648, section 10") {
  CHECK(base64("") == "");
  CHECK(base64("f") == "Zg==");
  CHECK(base64("fo") == "Zm8=");
  CHECK(base64("foo") == "Zm9v");
  CHECK(base64("foob") == "Zm9vYg==");
  CHECK(base64("fooba") == "Zm9vYmE=");
  CHECK(base64("foobar") == "Zm9vYmFy");
  CHECK(base64("\xff\xfe\x00"sv) == "//4A");
}

}  // namespace
}  // namespace rcache
