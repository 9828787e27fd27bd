#pragma once

#include <string>

#include "core/toml_text.h"
#include "core/tag_layout.h"

namespace rcache::cli {

/// Reads one `[layout.NAME]` table: container (one or a list), type, key, members_have_prefix and
/// tags_expire.
///
/// Errors:  usage, with file, line and column.
Result<TagLayout> read_layout(const std::string& file, const toml::key& name,
                              const toml::table& table);

}  // namespace rcache::cli
