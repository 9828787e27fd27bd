#pragma once

#include <string>

#include "commands/stats/window.h"
#include "core/error.h"

namespace rcache::stats {

/// Reads what `--save` wrote. Errors: usage, naming the file.
Result<Snapshot> read_snapshot_file(const std::string& path);

/// Writes a snapshot in one step: whoever reads the file sees the old one or the new one, whole.
/// Errors:  output, naming the file; the old file is then as it was.
Result<void> write_snapshot_file(const std::string& path, const Snapshot& snapshot);

}  // namespace rcache::stats
