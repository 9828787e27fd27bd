#pragma once

#include <string>

#include "cli/command_tree.h"

namespace rcache::cli {

/// Needs bash 3.2 and nothing else: neither the bash-completion package nor its functions.
std::string bash_completion(const CommandSpec& root);

/// A function file for a folder of `fpath`, named `_rcache`.
std::string zsh_completion(const CommandSpec& root);

/// Needs fish 3.0.
std::string fish_completion(const CommandSpec& root);

}  // namespace rcache::cli
