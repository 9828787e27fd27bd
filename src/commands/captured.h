#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace rcache {

/// Why a capture of MONITOR ended.
enum class CaptureEnd {
  time,             ///< it was as long as it should be
  full,             ///< there was no room for more
  interrupted,      ///< Ctrl-C
  cannot_keep_up,   ///< lines pile up in the server, which needs its memory for something else
  connection_lost,  ///< a server went away
  failed            ///< what was read could not be kept
};

/// What one server sent.
struct CapturedNode {
  std::string address;
  std::uint64_t lines = 0;
  std::uint64_t bytes = 0;          ///< of MONITOR's text
  std::int64_t most_behind_ms = 0;  ///< how old the newest line was at the most
  std::optional<std::int64_t> most_waiting_bytes =
      {};                  ///< in the server's buffer; empty: it does not say
  std::string error = {};  ///< why it was lost; empty when it was not
};

/// How a capture went.
struct Captured {
  CaptureEnd end = CaptureEnd::time;
  std::string detail = {};  ///< of cannot_keep_up, connection_lost and failed: who and how much
  std::chrono::milliseconds elapsed{0};
  std::vector<CapturedNode> nodes = {};
  std::vector<std::string> gaps = {};  ///< parts of a cluster that could not be reached

  /// It ended as it was told to, and no server is missing.
  bool complete() const {
    return gaps.empty() &&
           (end == CaptureEnd::time || end == CaptureEnd::full || end == CaptureEnd::interrupted);
  }
};

}  // namespace rcache
