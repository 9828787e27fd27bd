#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rcache {

/// The known word that was probably meant; empty when none is near enough.
///
/// Source:  Damerau-Levenshtein distance (optimal string alignment); near is a third of the word's
/// length, at least 1;
///          words of one or two letters are near nothing.
std::optional<std::string> suggest(std::string_view typed, const std::vector<std::string>& known);

}  // namespace rcache
