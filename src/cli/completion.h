#pragma once

#include <string>
#include <string_view>

#include "commands/command.h"

namespace rcache::cli {

/// A completion script for one shell, made from the parser's own tree.
///
/// In:      "bash", "zsh" or "fish".
/// Errors:  usage, for any other shell.
Result<std::string> completion_script(const CLI::App& tree, std::string_view shell);

/// rcache completion bash|zsh|fish
Command add_completion(CLI::App& tree);

}  // namespace rcache::cli
