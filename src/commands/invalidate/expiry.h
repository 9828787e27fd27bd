#pragma once

#include "commands/invalidate/removal.h"

namespace rcache::invalidate {

/// The time to live that --spread gives a key: the same for each try, between 1 ms and the whole
/// window. With
/// --expire-in the window itself.
std::chrono::milliseconds ttl_for(const Options& options, std::uint64_t seed, std::string_view key);

/// Gives each key its TTL; one that has a shorter one keeps it.
///
/// Out:     those whose fate is open.
/// Cost:    one PEXPIRE ... LT for each key in one round trip, and a PTTL for each that did not
/// take it; before
///          Redis 7 a PTTL and a PEXPIRE for each, in two.
/// Source:  https://redis.io/docs/latest/commands/pexpire/ (LT since 7.0: no TTL counts as an
/// endless one)
asio::awaitable<std::vector<std::string>> expire_keys(std::shared_ptr<Job> job, Removal removal);

}  // namespace rcache::invalidate
