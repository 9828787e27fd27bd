#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "commands/audit_ttl/verdict.h"
#include "commands/flags.h"

namespace rcache::audit_ttl {

/// What was typed behind `rcache audit-ttl`.
struct Options {
  std::vector<std::string> patterns;
  std::vector<std::string> exclude;
  std::string policy;
  std::optional<std::chrono::milliseconds> max_ttl;
  std::optional<MaxMissing> max_missing;
  std::string baseline;
  std::string write_baseline;

  std::optional<std::int64_t> sample;
  std::int64_t count = 500;
  char delimiter = ':';

  std::optional<std::chrono::milliseconds> set_ttl;
  std::optional<std::chrono::milliseconds> jitter;
  std::vector<std::string> protect;
  std::optional<double> rate;
  std::optional<std::chrono::milliseconds> max_latency;
  std::optional<std::chrono::milliseconds> max_lag;
  bool dry_run = false;
  Yes yes;

  std::optional<std::int64_t> top;
  std::string html;
  Format format = Format::text;

  bool is_paced() const { return rate || max_latency || max_lag; }
};

}  // namespace rcache::audit_ttl
