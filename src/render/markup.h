#pragma once

#include <string>
#include <string_view>

namespace rcache::render {

/// Bytes from outside as text of XML 1.0, HTML or SVG: in an element or in a quoted attribute.
///
/// `& < > " '` become references (and with `>` every "]]>" is gone). What XML forbids even as a
/// reference (control characters, U+FFFE, U+FFFF, bytes that are not UTF-8) and what a reader
/// cannot see (see is_deceptive) is shown as `\xNN` for each byte; line ends stay.
/// Source:  https://www.w3.org/TR/xml/#charsets,
///          https://html.spec.whatwg.org/multipage/parsing.html#data-state
std::string escape_markup(std::string_view bytes);

}  // namespace rcache::render
