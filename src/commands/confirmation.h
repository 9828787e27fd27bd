#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "commands/command.h"

namespace rcache {

/// How a command that removes or overwrites gets its permission.
enum class Permission { given, to_be_asked };

/// What else than --yes somebody can do who cannot be asked.
enum class Alternative { dry_run, none };

/// What the flags say, before anything is done.
///
/// In:      `yes`: what stands behind "--yes=", "" without a value, empty when it was not given;
/// `deed`, what would
///          happen: "keys would be removed".
/// Errors:  refused, naming the flag that is missing, when nobody can be asked.
Result<Permission> permission(const Context& context, const std::optional<std::string>& yes,
                              std::string_view deed,
                              Alternative alternative = Alternative::dry_run);

/// Shows the text and asks. In production the answer is the profile's name, else "yes".
///
/// In:      `deed` as the question has it: "Remove 12 keys".
/// Out:     true for yes. Errors: those of Prompt::ask().
asio::awaitable<Result<bool>> ask(Context& context, std::string text, std::string deed);

}  // namespace rcache
