#pragma once

#include <string_view>

namespace rcache {

/// Whether a segment of a key tells one thing from another of its kind (a number, a UUID, a hash, a
/// time, an e-mail address), whatever its neighbours are. A word with a short number ("org1", "v2",
/// "page-17") does not.
bool is_variable_segment(std::string_view segment);

}  // namespace rcache
