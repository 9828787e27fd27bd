#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rcache::render {

/// What a progress line of a walk over keys is made of.
struct Progress {
  std::string_view verb = "removed";  ///< "matched" in a plan, "expiring" with --spread
  std::uint64_t keys = 0;
  std::uint64_t scanned = 0;
  std::uint64_t total = 0;     ///< keys of the keyspace; 0: unknown
  double keys_per_second = 0;  ///< scanned
  std::optional<std::chrono::milliseconds> eta = {};
  std::string_view held_by = {};  ///< "--rate"; empty when nothing holds it back
};

/// One line, at most `width` columns.
std::string progress_line(const Progress& progress, std::size_t width);

}  // namespace rcache::render
