#pragma once

#include "commands/command.h"

namespace rcache::demo {

/// `rcache demo [--keys N] [--seed N] [--server PROGRAM] [-- COMMAND...]`: a private server with a
/// believable cache, for as long as COMMAND runs or until Ctrl-C.
///
/// Out:     done; with a COMMAND its exit code is in `context.exit_code`.
/// Errors:  usage, when COMMAND cannot be run; connect, when there is no server to start or it
/// ends. Cost:    nothing on any server but its own: about 1.6 commands per key to fill it.
Command add_demo(CLI::App& tree);

}  // namespace rcache::demo
