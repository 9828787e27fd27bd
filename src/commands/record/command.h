#pragma once

#include "commands/command.h"

namespace rcache::record {

/// `rcache record FILE`: what a server executes, without what is in it.
///
/// Out:     incomplete when a server was lost, could not be kept up with or is missing, or the
///          disk is full.
/// Cost:    see recorder.h.
Command add_record(CLI::App& tree);

}  // namespace rcache::record
