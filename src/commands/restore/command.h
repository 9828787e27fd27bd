#pragma once

#include "commands/command.h"

namespace rcache::restore {

/// `rcache restore FILE`: puts back what `invalidate --backup` saved.
///
/// Out:     incomplete when a record could not be restored, or the run stopped before its end.
/// Cost:    see restore_file.
Command add_restore(CLI::App& tree);

}  // namespace rcache::restore
