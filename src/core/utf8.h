#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace rcache {

/// One character, and how many bytes it took; `size` is 0 where the bytes are not UTF-8.
struct CodePoint {
  char32_t value = 0;
  std::size_t size = 0;
};

/// The first character of `text`. Refused: a cut or overlong sequence, a surrogate, beyond
/// U+10FFFF.
///
/// Source:  RFC 3629, section 4
CodePoint decode_utf8(std::string_view text);

bool is_valid_utf8(std::string_view bytes);

/// True for a character that moves the cursor, turns the direction of text or cannot be seen:
/// shown as it is, it would forge a line or make one key look like another.
///
/// Source:  Unicode UAX #9 (directional formatting) and general categories Cc, Cf, Zl and Zp
bool is_deceptive(char32_t character);

/// Columns that `text` takes on a terminal: 2 for East Asian wide characters and emoji, 0 for
/// combining marks, 1 for all else. In: printable text; a byte that is not UTF-8 counts 1.
///
/// Source:  Unicode EastAsianWidth.txt, in ranges coarse enough to read; what is in doubt is wide.
std::size_t display_width(std::string_view text);

/// `text` if it fits into `width` columns, otherwise its beginning and `ellipsis`, never wider.
std::string shorten(std::string_view text, std::size_t width, std::string_view ellipsis = "…");

}  // namespace rcache
