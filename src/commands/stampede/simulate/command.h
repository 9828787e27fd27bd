#pragma once

#include "commands/command.h"

namespace rcache::stampede {

/// `rcache stampede simulate [FILE]`: strategies under a scenario. Needs no server.
///
/// Out:     findings with --fail-above when a strategy's peak is above it.
Command add_simulate(CLI::App& stampede);

}  // namespace rcache::stampede
