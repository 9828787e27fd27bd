#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace rcache::render {

enum class Align { left, right };

/// `text` filled up with spaces to `width` columns; longer text stays as it is.
std::string pad(std::string_view text, std::size_t width, Align align = Align::left);

/// `text` as lines of at most `width` columns, broken at spaces; a longer word is broken where it
/// must be.
///
/// In:      one line of printable text. Out: at least one line; no spaces at the ends.
std::vector<std::string> wrap(std::string_view text, std::size_t width);

/// Whole pieces put side by side, `separator` between them, as lines of at most `width` columns. A
/// piece that is wider than a line is wrapped.
std::vector<std::string> flow(const std::vector<std::string>& pieces, std::string_view separator,
                              std::size_t width);

}  // namespace rcache::render
