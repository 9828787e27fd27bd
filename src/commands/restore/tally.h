#pragma once

#include <optional>

#include "backup/reader.h"
#include "commands/restore/memory.h"
#include "commands/restore/options.h"
#include "commands/restore/report.h"

namespace rcache::restore {

/// What is known before anything is restored: what the file holds, and what of it cannot be read.
RestoreReport begin_report(const Options& options, const backup::Summary& summary);

/// Counts a record that was not restored, and names it when it is among the first in the file.
void add_failure(RestoreReport& report, Failure failure);

/// Sets how the run ended: `stop` when it did not come to the end of the file.
void end_report(RestoreReport& report, std::optional<Stop> stop);

}  // namespace rcache::restore
