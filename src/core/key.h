#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/utf8.h"

namespace rcache {

/// Bytes from outside (a key, a server's words, what the user typed) as one line of harmless text.
///
/// Out:     valid UTF-8. Control characters, what is_deceptive() names and bytes that are not UTF-8
///          are shown as `\xNN` for each byte, a backslash as `\\`: different bytes never look
///          alike.
std::string printable(std::string_view bytes);

/// The same of at most `max_bytes` of the bytes, then "...(+N bytes)" when some were left out. A
/// character is never cut in two.
std::string printable(std::string_view bytes, std::size_t max_bytes);

/// The same for words in which keys stand that were made printable already: a backslash and a line
/// end stay as they are.
std::string printable_words(std::string_view words);

/// Source:  RFC 4648, section 4 (with padding)
std::string base64(std::string_view bytes);

}  // namespace rcache
