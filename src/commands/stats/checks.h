#pragma once

#include <optional>
#include <string>
#include <vector>

#include "commands/stats/facts.h"
#include "commands/stats/window.h"

namespace rcache::stats {

/// From the best to the worst.
enum class Status { ok, unknown, warn, fail };

/// "ok", "warn", "fail" or "unknown".
std::string_view to_string(Status status);

/// One verdict, with its reason and what to do about it in one line.
struct Check {
  std::string id;
  Status status = Status::unknown;
  std::optional<double> value;
  std::optional<double> limit;
  std::string message;
};

struct Limits {
  double min_hit_ratio = 0.8;
  double max_evictions_per_second = 0;
  double max_memory_ratio = 0.9;
};

/// The verdicts `hit-ratio`, `evictions`, `memory`, `policy` and `connections`, in this order.
///
/// Evictions are those of the window if there is one, else those since start; so is the hit ratio,
/// if the window has reads, and without any read it is unknown, never a failure. Memory and policy
/// are each node's own affair: the worst node speaks, by name. In:      `whole` is the sum of
/// `nodes`.
std::vector<Check> judge(const Facts& whole, const std::vector<NodeStats>& nodes,
                         const std::optional<Window>& window, const Limits& limits);

}  // namespace rcache::stats
