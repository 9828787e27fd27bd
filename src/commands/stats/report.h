#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "commands/stats/checks.h"
#include "commands/stats/facts.h"
#include "commands/stats/window.h"

namespace rcache::stats {

enum class PerNode { no, yes };

/// What `rcache stats` tells: the facts, what changed, and the verdicts.
struct StatsReport {
  std::string address;          ///< of the one node; empty for a sum
  std::int64_t at_unix_ms = 0;  ///< when the (latest) server answered
  bool complete = true;
  std::vector<std::string> gaps;   ///< what could not be asked, and why
  std::vector<std::string> notes;  ///< what must be known to read the window
  Facts facts;                     ///< with at most k_top_commands commands
  std::optional<Window> window;
  std::vector<Check> checks;
  std::vector<StatsReport> per_node;  ///< when asked for, and always for more than one node
};

inline constexpr std::size_t k_top_commands = 10;

struct ReportRequest {
  Limits limits;
  PerNode per_node = PerNode::no;
  const Snapshot* since = nullptr;  ///< where the window begins; none: no window
  std::vector<std::string> gaps;  ///< what could not be asked: "10.0.0.7:7001: Connection refused"
};

/// The report on all nodes together.
///
/// In:      the nodes that answered, in the order in which they shall be shown.
StatsReport make_report(const std::vector<NodeStats>& nodes, const ReportRequest& request);

/// True when a check failed. Unknown and warnings are no failures.
bool failed(const StatsReport& report);

}  // namespace rcache::stats
