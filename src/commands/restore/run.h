#pragma once

#include <optional>
#include <utility>

#include "commands/command.h"
#include "commands/restore/batch.h"
#include "commands/restore/nodes.h"
#include "commands/restore/options.h"
#include "commands/restore/report.h"

namespace rcache::restore {

/// What all parts of a restore share while it runs.
struct Run {
  Context& context;
  Nodes& nodes;
  const Options& options;
  RestoreReport& report;
  Batch batch = {};               ///< what is being sent
  std::optional<Stop> stop = {};  ///< set: nothing more is sent
  std::optional<Stop> full = {};  ///< set: this batch was the last that may be sent
  bool was_lost = false;          ///< a connection was lost and came back

  /// The first reason to stop counts.
  void halt(Stop why) {
    if (!stop) stop = std::move(why);
  }
};

}  // namespace rcache::restore
