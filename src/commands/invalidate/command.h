#pragma once

#include "commands/command.h"

namespace rcache::invalidate {

/// `rcache invalidate`: removes what is stale, safely. See run.h.
Command add_invalidate(CLI::App& tree);

}  // namespace rcache::invalidate
