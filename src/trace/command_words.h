#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "trace/event.h"

namespace rcache::trace {

/// What a command's name tells of its arguments.
struct CommandShape {
  Verb verb = Verb::get;

  /// Which arguments are keys.
  enum class Keys : std::uint8_t {
    first,
    all,
    every_second,  ///< MSET key value key value
  } keys = Keys::first;

  /// What else is to be read.
  enum class Detail : std::uint8_t {
    none,
    value,          ///< GETSET key value
    keeps_ttl,      ///< HSET: the value changes, the time to live stays
    set_options,    ///< SET key value [NX] [GET] [EX s | PX ms | EXAT s | PXAT ms | KEEPTTL]
    getex_options,  ///< GETEX key [EX s | ... | PERSIST]
    then_deleted,   ///< GETDEL
    then_set,       ///< GETSET
    seconds,        ///< EXPIRE key s; SETEX key s value
    milliseconds,
    at_seconds,  ///< EXPIREAT
    at_milliseconds,
    restore  ///< RESTORE key ms dump [ABSTTL]
  } detail = Detail::none;
};

/// Looks a name up, in any case. Empty for a command that reads and changes no key of a cache.
///
/// Source:  https://redis.io/docs/latest/commands/
std::optional<CommandShape> shape_of(std::string_view name);

}  // namespace rcache::trace
