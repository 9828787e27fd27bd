#pragma once

#include <doctest/doctest.h>

#include <sstream>
#include <string>

#include "core/utf8.h"

namespace rcache::invalidate {

inline bool is_harmless(std::string_view line, bool ascii) {
  while (!line.empty()) {
    const auto character = decode_utf8(line);
    if (is_deceptive(character.value) || (ascii && character.value >= 0x80)) return false;
    line.remove_prefix(character.size);
  }
  return true;
}

/// What holds for every screen, whatever the server says: whole lines, none too wide, nothing that
/// a terminal would act on, ASCII drawing where that was asked for.
inline void check_screen(const std::string& text, std::size_t width, bool ascii) {
  CAPTURE(width);
  REQUIRE_FALSE(text.empty());
  CHECK(text.back() == '\n');
  REQUIRE(is_valid_utf8(text));
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    CAPTURE(line);
    CHECK(display_width(line) <= width);
    CHECK((line.empty() || line.back() != ' '));
    CHECK(line.substr(0, 4) != "FAKE");
    CHECK(is_harmless(line, ascii));
  }
}

}  // namespace rcache::invalidate
