#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "commands/flags.h"
#include "core/glob.h"

namespace rcache::record {

inline constexpr std::int64_t k_least_bytes = std::int64_t{1} << 20;

struct Options {
  std::string file;
  std::chrono::milliseconds duration{30'000};
  std::optional<Glob> match;
  std::int64_t max_bytes = std::int64_t{256} << 20;
  bool plain_keys = false;
  Format format = Format::text;
};

}  // namespace rcache::record
