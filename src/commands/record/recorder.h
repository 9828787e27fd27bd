#pragma once

#include <memory>

#include "commands/command.h"
#include "commands/record/options.h"
#include "commands/record/report.h"

namespace rcache::record {

/// Records what all servers of the deployment execute.
///
/// Out:     the report, also of a recording that a lost server, a full disk or Ctrl-C ended: the
///          file is whole up to there.
/// Errors:  usage and output for the file; connect when a server refuses MONITOR: then no file is
///          left behind.
/// Cost:    see redis/monitor.h; twice a second TIME and CLIENT LIST ID on a second connection.
asio::awaitable<Result<RecordReport>> record(Context& context, Options options);

}  // namespace rcache::record
