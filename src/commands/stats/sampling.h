#pragma once

#include <memory>
#include <string>
#include <vector>

#include "commands/command.h"
#include "commands/stats/options.h"
#include "commands/stats/render.h"
#include "commands/stats/report.h"

namespace rcache::stats {

using Servers = std::shared_ptr<redis::Deployment>;

/// All nodes that answered, and words for those that did not.
struct Sample {
  std::vector<NodeStats> nodes;
  std::vector<std::string> gaps;
};

/// Asks every node at once.
///
/// Errors:  connect or protocol, when no node at all answers; with one that does, the others are
/// gaps. Cost:    per node one INFO everything.
asio::awaitable<Result<Sample>> take_sample(Context& context, Servers servers);

/// In:      `since` is where the window begins, or null.
StatsReport report_on(const Sample& sample, const Options& options, const Snapshot* since);

}  // namespace rcache::stats
