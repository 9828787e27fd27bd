#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/error.h"
#include "redis/client.h"

namespace rcache::redis {

struct ScanReply {
  std::uint64_t cursor = 0;  ///< 0: the walk is over
  std::vector<std::string> keys;
};

/// Reads the reply of SCAN.
///
/// Errors:  protocol, for any other shape, and for a cursor that is not a plain decimal number
/// below 2^64. Source:  https://redis.io/docs/latest/commands/scan/ (a cursor is an unsigned 64-bit
/// number)
Result<ScanReply> parse_scan_reply(Reply reply);

}  // namespace rcache::redis
