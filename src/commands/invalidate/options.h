#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "commands/flags.h"

namespace rcache::invalidate {

/// How much the backup promises. Exact: what is removed is what was saved, byte for byte (WATCH and
/// MULTI). Fast: a value written between saving and removing is lost.
enum class BackupMode { exact, fast };

/// What was typed behind `rcache invalidate`.
struct Options {
  std::vector<std::string> patterns;
  std::vector<std::string> tags;
  LayoutChoice naming;  ///< of the tags
  std::vector<std::string> exclude;
  std::vector<std::string> protect;
  std::string type;
  bool all = false;
  bool dry_run = false;
  Yes yes;
  std::optional<std::int64_t> max_keys;

  std::string backup;
  BackupMode backup_mode = BackupMode::exact;
  std::int64_t backup_max_value = std::int64_t{32} << 20U;

  std::optional<std::chrono::milliseconds> spread;
  std::optional<std::chrono::milliseconds> expire_in;

  std::optional<double> rate;
  std::optional<std::chrono::milliseconds> max_latency;
  std::optional<std::chrono::milliseconds> max_lag;
  std::optional<std::chrono::milliseconds> max_time;
  std::string stop_file;
  std::int64_t count = 400;

  std::optional<std::int64_t> wait;
  bool verify = false;
  std::string publish;
  bool print_keys = false;
  bool print0 = false;
  Format format = Format::text;

  /// Keys are given a TTL and not removed.
  bool expires() const { return spread || expire_in; }
};

}  // namespace rcache::invalidate
