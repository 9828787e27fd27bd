#pragma once

#include <optional>

#include "commands/stampede/live/run.h"

namespace rcache::stampede::live {

// What all strategies are made of.

/// What became of a load and its SET.
enum class Loaded { stored, failed, died, run_over };

struct Kind {
  bool volunteer = false;   ///< the value is still there
  bool with_lease = false;  ///< stored by the script that takes the lease back
};

/// Loads, stores, answers.
asio::awaitable<Loaded> load_and_store(RunPtr run, AskPtr ask, Kind kind);

/// The same, where nothing has to be done afterwards.
asio::awaitable<void> just_load(RunPtr run, AskPtr ask);

/// The first look, where there is nothing but hit and miss. Out: true for a miss to deal with.
asio::awaitable<bool> misses(RunPtr run, AskPtr ask);

/// Looks once more. Out: true when it is there, and answered; nothing when the run is over.
asio::awaitable<std::optional<bool>> answered_by_cache(RunPtr run, AskPtr ask);

}  // namespace rcache::stampede::live
