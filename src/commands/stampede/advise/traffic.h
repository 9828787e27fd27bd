#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "commands/command.h"
#include "redis/asio.h"
#include "stampede/recording.h"

namespace rcache::stampede {

/// What was heard of one key.
struct KeyTraffic {
  std::string key;
  std::uint64_t reads = 0;
  std::int64_t ttl_ms = 0;  ///< with which it was written, the longest; 0: it was not
};

/// What a server was asked for while it was listened to.
struct Traffic {
  Recorded facts;                    ///< reads, keys, how long loads took
  std::vector<KeyTraffic> keys;      ///< that were read, or written with a TTL
  bool full = false;                 ///< it ended early, as no more could be kept
  std::vector<std::string> reasons;  ///< why not everything was heard; empty when it was

  bool complete() const { return reasons.empty(); }
};

struct Listening {
  std::string match;
  std::chrono::milliseconds duration{0};
  bool keep_polls = false;  ///< reads with which the application only waited for a value count
  std::uint64_t seed = 1;
};

/// Listens to what the servers execute, and counts the reads of keys that match.
///
/// Errors:  usage of the glob; connect, also when MONITOR is refused; interrupted.
/// Cost:    that of MonitorCapture; at most 2,000,000 events of keys that match are kept, in about
///          200 MiB.
asio::awaitable<Result<Traffic>> listen(Context& context, Listening how);

}  // namespace rcache::stampede
