#pragma once

#include <string_view>

namespace rcache::stampede::live {

/// Deletes a lock only while it is one's own.
///
/// Source:  https://redis.io/docs/latest/commands/set/ (Patterns)
inline constexpr std::string_view k_release_script =
    "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0";

/// Source:  github.com/mike-marcacci/node-redlock, src/index.ts: ACQUIRE_SCRIPT
inline constexpr std::string_view k_redlock_script =
    "for i, key in ipairs(KEYS) do if redis.call('exists', key) == 1 then return 0 end end "
    "for i, key in ipairs(KEYS) do redis.call('set', key, ARGV[1], 'PX', ARGV[2]) end "
    "return #KEYS";

/// The value in KEYS[1]; else 1 with a new lease in KEYS[2], or 0 when somebody has it.
///
/// Source:  Nishtala et al., Scaling Memcache at Facebook, NSDI 2013, section 3.2.1
inline constexpr std::string_view k_lease_get_script =
    "local value = redis.call('get', KEYS[1]) if value then return value end "
    "if redis.call('set', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2]) then return 1 end return 0";

/// Stores only with the lease that was given, and takes it back.
inline constexpr std::string_view k_lease_set_script =
    "if redis.call('get', KEYS[2]) ~= ARGV[1] then return 0 end "
    "redis.call('set', KEYS[1], ARGV[2], 'PX', ARGV[3]) redis.call('del', KEYS[2]) return 1";

}  // namespace rcache::stampede::live
