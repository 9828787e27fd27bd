#pragma once

#include "commands/command.h"

namespace rcache::stats {

/// `rcache stats`: is the cache healthy?
///
/// Out:     findings when a check failed and --check or a threshold was given; incomplete when a
/// part
///          of the deployment could not be asked.
/// Cost:    per node one INFO everything, two with --window, one per tick with --watch.
Command add_stats(CLI::App& tree);

}  // namespace rcache::stats
