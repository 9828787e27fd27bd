#pragma once

#include <optional>

#include "commands/stampede/live/run.h"

namespace rcache::stampede::live {

// What the requests of one process of the scenario share without Redis.

enum class Entered { yes, process_died, run_over };

/// Waits for the process's mutex of the key, first come first served.
asio::awaitable<Entered> enter_mutex(RunPtr run, AskPtr ask);
/// Gives it to the next who waits.
void leave_mutex(Run& run, const Ask& ask);
/// The holder's process died, and all who waited in it with it.
void end_process(Run& run, const Ask& ask);

/// How a flight ends for those who waited for it.
enum class Landing { with_value, with_error };

/// Out:     true when nobody in the process loads the key yet: the caller does, and must land().
bool take_off(Run& run, const Ask& ask);
/// Tells all who wait.
void land(Run& run, const Ask& ask, Landing landing);
/// Waits for the flight that is under way. Out: nothing when the run is over.
asio::awaitable<std::optional<Landing>> wait_for_flight(RunPtr run, AskPtr ask);

}  // namespace rcache::stampede::live
