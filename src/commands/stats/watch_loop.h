#pragma once

#include "commands/command.h"
#include "commands/stats/options.h"

namespace rcache::stats {

/// `rcache stats --watch`: a report for each tick, until it is interrupted.
///
/// A server that is lost is looked for at every tick, so that a watch lives through restarts and
/// failovers.
/// Errors:  connect, when there is no server at the start; output; interrupted, always in the end.
/// Cost:    per tick and node one INFO everything.
asio::awaitable<Result<Outcome>> run_watch(Context& context, Options options);

}  // namespace rcache::stats
