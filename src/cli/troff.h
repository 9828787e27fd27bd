#pragma once

#include <string>
#include <string_view>

namespace rcache::cli {

/// Text as it has to stand in a man(7) page so that it is shown as it is, and can be copied from
/// it.
///
/// Out:     no line that begins like a request; '-' is a minus, not a hyphen.
/// Source:  groff_char(7), man-pages(7) (Generating optimal glyphs)
std::string troff(std::string_view text);

/// The same between quotes, as one argument of a macro.
std::string troff_argument(std::string_view text);

/// The same for a sentence or more: spaces may become line ends, so that no line is long.
///
/// Source:  groff(7) fills lines; mandoc -Tlint advises at most 80 bytes
std::string troff_filled(std::string_view text);

/// A help topic as paragraphs, lists and examples.
///
/// In:      lines at the margin are paragraphs. Lines that begin with two spaces are a list when
///          each of them is "term  meaning", with two or more spaces between (a second pair may
///          follow), and deeper lines continue them; otherwise they are an example, kept as it is.
std::string troff_topic(std::string_view text);

}  // namespace rcache::cli
