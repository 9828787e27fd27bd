#pragma once

#include "commands/command.h"
#include "commands/restore/options.h"
#include "commands/restore/report.h"

namespace rcache::restore {

/// Puts the keys of a backup file back.
///
/// First the whole file is checked, then the servers: that they read such payloads and have room
/// for them. Nothing is written before that. Then the records go in batches, one batch on its way
/// at a time, and an interrupt is looked at between two of them.
///
/// Out:     a report, also when the run stopped before its end; then `complete` is false.
/// Errors:  nothing was restored: those of backup::Reader and Context::connect; incomplete and
/// connect,
///          see probe(); refused when a server has no room (--allow-evictions goes on).
/// Cost:    see Nodes::survey, probe, send_keys and send_tags.
asio::awaitable<Result<RestoreReport>> restore_file(Context& context, Options options);

}  // namespace rcache::restore
