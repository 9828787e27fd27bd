#pragma once

#include "commands/restore/run.h"

namespace rcache::restore {

/// Puts the unsettled keys of run.batch back, all servers at once, and counts what came of each. In
/// a dry run it only asks which of them are there.
///
/// Out:     records that were not answered stay unsettled; run.stop and run.full are set when a
/// server
///          can or should take no more.
/// Errors:  those of Client::pipeline, after everything that was answered has been counted.
/// Cost:    per server one pipeline: a RESTORE for each key (an EXISTS in a dry run) and two INFO,
/// which
///          tell whether it evicts; a second one of PEXPIREATs when keys that expire soon were
///          replaced.
asio::awaitable<Result<void>> send_keys(Run& run);

}  // namespace rcache::restore
