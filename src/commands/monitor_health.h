#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "commands/captured.h"
#include "redis/client.h"

namespace rcache {

/// How far a server's lines are behind the server, by two looks at its clock.
///
/// Our own TIME shows in MONITOR, too: once the answer is here, a line of that moment is on its
/// way even when nobody else asks anything. If at the next look it still has not come, lines pile
/// up.
class MonitorHealth {
 public:
  /// In:      what the server answered to commands(), and the moment of the newest line that was
  ///          read from it.
  /// Out:     why the recording must stop; empty when all is well.
  std::optional<std::string> look(const std::vector<redis::Reply>& replies,
                                  std::int64_t newest_line_ms, CapturedNode& report);

  static redis::Commands commands(std::optional<std::int64_t> client_id);

 private:
  std::optional<std::int64_t> expected_ms_;  ///< a line of this moment must have come
  std::int64_t first_ms_ = 0;                ///< of the first look
  std::int64_t waiting_bytes_ = 0;
  int growing_ = 0;
};

/// "omem=..." of a line of CLIENT LIST: bytes that wait in the server to be sent.
///
/// Source:  https://redis.io/docs/latest/commands/client-list/
std::optional<std::int64_t> waiting_bytes(const redis::Reply& client_list);

}  // namespace rcache
