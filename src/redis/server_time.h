#pragma once

#include <cstdint>
#include <optional>

#include "redis/client.h"

namespace rcache::redis {

/// The reply of TIME as milliseconds since 1970 by the server's clock; empty for any other reply.
/// Source:  https://redis.io/docs/latest/commands/time/ (seconds and microseconds, as strings)
std::optional<std::int64_t> read_server_time(const Reply& reply);

}  // namespace rcache::redis
