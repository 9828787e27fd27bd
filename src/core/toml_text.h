#pragma once

#include <string>
#include <string_view>
#include <vector>

// Every file that includes the library must say the same.
#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include "core/error.h"

namespace rcache {

/// Reads TOML.
///
/// Errors:  usage, "FILE:3:5: not TOML: ...", without a word of the text itself: a line can hold a
///          password.
Result<toml::table> parse_toml(std::string_view text, const std::string& file_name);

/// "FILE:3:5: message", the way compilers say it.
tl::unexpected<Error> fail_at(const std::string& file, const toml::source_region& where,
                              std::string_view message, std::string hint = {});

/// The refusal of a key that is none of `known`, with the one that was probably meant.
tl::unexpected<Error> unknown_key(const std::string& file, const toml::key& key,
                                  const std::vector<std::string>& known);

}  // namespace rcache
