#pragma once

#include <vector>

#include "commands/command.h"

namespace rcache::tags {

/// `rcache tags`, and `show`, `of`, `check` and `prune` below it.
std::vector<Command> add_tags(CLI::App& tree);

}  // namespace rcache::tags
