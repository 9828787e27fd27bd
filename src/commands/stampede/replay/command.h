#pragma once

#include "commands/command.h"

namespace rcache::stampede {

/// `rcache stampede replay TRACE`: a recorded trace under every strategy. Talks to no server.
Command add_replay(CLI::App& stampede);

}  // namespace rcache::stampede
