#pragma once

#include <vector>

#include "commands/restore/checked_file.h"
#include "commands/restore/forecast.h"

namespace rcache::restore {

/// Refuses a file that is larger than what maxmemory leaves. Keys that are there already need no
/// room: when the whole does not fit, the servers are asked which they are, so that a run that was
/// cut short can go on. A dry run is not refused but told, in the report.
///
/// Errors:  refused, with the numbers; those of send_keys.
/// Cost:    nothing when the whole fits; else an EXISTS for each key.
asio::awaitable<Result<void>> check_room(Context& context, CheckedFile& file, Nodes& nodes,
                                         const Options& options, std::vector<Share> shares,
                                         RestoreReport& report);

}  // namespace rcache::restore
