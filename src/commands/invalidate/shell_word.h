#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rcache::invalidate {

/// A path as one word of a command line that can be copied from the screen: as it is where that is
/// safe, in single quotes, or in $'...' when it holds what a terminal must not be given.
///
/// Source:  POSIX.1-2024, Shell Command Language, 2.2 (Quoting)
std::string shell_word(std::string_view path);

/// "COMMAND PATH" as lines of at most `width` columns (20 or more): a shell joins those that end
/// with a backslash, wherever in a word that is.
std::vector<std::string> shell_lines(std::string_view command, std::string_view path,
                                     std::size_t width);

}  // namespace rcache::invalidate
