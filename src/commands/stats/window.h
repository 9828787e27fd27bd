#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "commands/stats/facts.h"

namespace rcache::stats {

/// What of one node grows with time, at one moment.
struct NodeCounters {
  std::string address;
  std::string run_id;
  std::int64_t at_unix_ms = 0;
  std::optional<std::int64_t> uptime_seconds;
  std::optional<std::int64_t> hits;
  std::optional<std::int64_t> misses;
  std::optional<std::int64_t> evicted_keys;
  std::optional<std::int64_t> expired_keys;
  std::optional<std::int64_t> commands_processed;
};

/// The counters of all nodes, to compare later ones with.
struct Snapshot {
  std::vector<NodeCounters> nodes;
};

Snapshot snapshot_of(const std::vector<NodeStats>& nodes);

/// What happened between two moments.
struct Window {
  double seconds = 0;  ///< of several nodes the longest
  std::optional<std::int64_t> hits;
  std::optional<std::int64_t> misses;
  std::optional<double> hit_ratio;  ///< empty without traffic
  std::optional<std::int64_t> evicted_keys;
  std::optional<std::int64_t> expired_keys;
  std::optional<double> ops_per_second;
  std::optional<double> evicted_per_second;
  std::optional<double> expired_per_second;
};

/// A window, if there is one, and what must be known to read it.
struct WindowResult {
  std::optional<Window> window;
  std::vector<std::string> notes;
};

/// The difference, node by node and then summed.
///
/// Nodes are matched by run_id, where they tell none by address. A server that started inside the
/// window is counted from its start, one whose counters went backwards (CONFIG RESETSTAT) from
/// there. One that is not in `before` and is older than the window (a replica that became primary,
/// a node that joined) is left out: its counters are of a time that is not the window's. A note
/// names each.
WindowResult difference(const Snapshot& before, const Snapshot& now);

}  // namespace rcache::stats
