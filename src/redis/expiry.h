#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/error.h"
#include "redis/client.h"
#include "redis/identity.h"

namespace rcache::redis {

/// How a server tells when a key expires: as a moment, or as the time that is left.
enum class ExpiryCommand { pexpiretime, pttl };

/// PEXPIRETIME from Redis 7 on. What is left plus the time of day, asked one after the other, is a
/// millisecond off as often as the clock ticks in between.
/// Source:  https://redis.io/docs/latest/commands/pexpiretime/ (since 7.0.0)
ExpiryCommand expiry_command_of(const Identity& identity);

/// "PEXPIRETIME" or "PTTL".
std::string_view to_string(ExpiryCommand command);

/// When a key expires, by its reply.
///
/// In:      `now`, the server's clock in milliseconds since 1970; only PTTL needs it.
/// Out:     milliseconds since 1970; empty for a key without expiry, or that is not there.
/// Errors:  server, in its own words, when it refused; protocol for any other reply.
Result<std::optional<std::int64_t>> read_expiry(const Reply& reply, ExpiryCommand command,
                                                std::optional<std::int64_t> now);

}  // namespace rcache::redis
