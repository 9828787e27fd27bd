#pragma once

#include "commands/stampede/live/run.h"

namespace rcache::stampede::live {

/// One request under the run's strategy, from its first look to the last that its client does for
/// it. Refreshes behind a stale answer go on by themselves.
///
/// The state machines are those of the simulator, see src/stampede/strategies.
/// Cost:    the Redis commands of the strategy; a hit is one GET.
asio::awaitable<void> handle(RunPtr run, AskPtr ask);

}  // namespace rcache::stampede::live
