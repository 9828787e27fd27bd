#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "commands/flags.h"
#include "commands/stats/checks.h"
#include "commands/stats/report.h"

namespace rcache::stats {

/// What was typed behind `rcache stats`.
struct Options {
  Format format = Format::text;
  std::optional<std::chrono::milliseconds> window;
  std::optional<std::chrono::milliseconds> watch;
  std::optional<double> min_hit_ratio;
  std::optional<double> max_evictions;
  std::optional<double> max_memory_ratio;
  std::string save_file;
  std::string since_file;
  bool check = false;
  bool per_node = false;

  bool failing_matters() const {
    return check || min_hit_ratio || max_evictions || max_memory_ratio;
  }
  Limits limits() const {
    Limits limits;
    limits.min_hit_ratio = min_hit_ratio.value_or(limits.min_hit_ratio);
    limits.max_evictions_per_second = max_evictions.value_or(limits.max_evictions_per_second);
    limits.max_memory_ratio = max_memory_ratio.value_or(limits.max_memory_ratio);
    return limits;
  }
  PerNode nodes() const { return per_node ? PerNode::yes : PerNode::no; }
};

}  // namespace rcache::stats
