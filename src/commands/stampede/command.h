#pragma once

#include <vector>

#include "commands/command.h"

namespace rcache::stampede {

/// `rcache stampede ...`: will the database survive when this entry expires, and what would fix it?
std::vector<Command> add_stampede(CLI::App& tree);

}  // namespace rcache::stampede
