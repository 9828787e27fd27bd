#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "trace/event.h"

namespace rcache::record {

/// Why a recording ended.
enum class Reason {
  time,             ///< --for has passed
  bytes,            ///< --max-bytes is reached
  interrupted,      ///< Ctrl-C
  cannot_keep_up,   ///< lines pile up in the server, which needs its memory for something else
  connection_lost,  ///< a server went away
  disk              ///< the file cannot be written on
};

/// The word in JSON and in the file's end: "time", "max-bytes", "interrupted", "cannot-keep-up",
/// "connection-lost", "output".
std::string_view to_string(Reason reason);

/// What one server sent.
struct NodeReport {
  std::string address;
  std::uint64_t lines = 0;
  std::uint64_t bytes = 0;          ///< of MONITOR's text
  std::int64_t most_behind_ms = 0;  ///< how old the newest line was at the most
  std::optional<std::int64_t> most_waiting_bytes =
      {};                  ///< in the server's buffer; empty: it does not say
  std::string error = {};  ///< why it was lost; empty when it was not
};

/// What was recorded.
struct RecordReport {
  std::string file;
  Reason reason = Reason::time;
  std::string detail;  ///< of cannot_keep_up, connection_lost and disk: who and how much
  bool plain_keys = false;
  std::chrono::milliseconds elapsed{0};
  std::uint64_t lines = 0;
  std::uint64_t events = 0;  ///< that are in the file
  std::uint64_t other = 0;
  std::uint64_t filtered = 0;
  std::uint64_t malformed = 0;
  std::uint64_t file_bytes = 0;
  std::array<std::uint64_t, trace::k_verb_count> verbs{};  ///< events by verb
  std::vector<NodeReport> nodes;
  std::vector<std::string> gaps;  ///< parts of a cluster that could not be reached

  /// It ended as it was told to, and no server is missing.
  bool complete() const {
    return gaps.empty() &&
           (reason == Reason::time || reason == Reason::bytes || reason == Reason::interrupted);
  }
};

}  // namespace rcache::record
