#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "commands/captured.h"
#include "trace/event.h"

namespace rcache::record {

/// The word in JSON and in the file's end: "time", "max-bytes", "interrupted", "cannot-keep-up",
/// "connection-lost", "output".
std::string_view to_string(CaptureEnd end);

/// What was recorded.
struct RecordReport {
  std::string file;
  bool plain_keys = false;
  Captured captured;
  std::uint64_t lines = 0;
  std::uint64_t events = 0;  ///< that are in the file
  std::uint64_t other = 0;
  std::uint64_t filtered = 0;
  std::uint64_t malformed = 0;
  std::uint64_t file_bytes = 0;
  std::array<std::uint64_t, trace::k_verb_count> verbs{};  ///< events by verb
};

}  // namespace rcache::record
