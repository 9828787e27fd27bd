#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backup/record.h"

namespace rcache::restore {

/// What becomes of a key's time to live.
enum class TtlMode {
  keep,      ///< it expires when it would have expired
  remaining  ///< it gets the time that was left when it was saved
};

/// What becomes of a key that is there.
enum class Existing { keep, replace };

/// How one key is put back.
struct Request {
  std::string ttl = "0";  ///< in milliseconds; "0": never expires
  bool absolute = false;  ///< `ttl` is a moment and not a duration
  bool replace = false;
  /// Set once the key is back: PEXPIREAT with this moment, because `ttl` is only near it.
  std::optional<std::int64_t> exact_unix_ms;
};

/// Decides it.
///
/// A RESTORE with REPLACE and a moment that has passed answers OK and deletes the live key. So a
/// key that has expired is never sent, and one that would replace another with less than a minute
/// left is sent with a duration of at least 1 ms: however late that arrives, it deletes nothing.
///
/// In:      `now_unix_ms`, the server's clock.
/// Out:     empty when the key has expired meanwhile.
/// Source:  https://redis.io/docs/latest/commands/restore/ (REPLACE, ABSTTL)
std::optional<Request> request_for(const backup::Value& value, TtlMode ttl, Existing existing,
                                   std::int64_t now_unix_ms);

/// The words of its RESTORE, valid as long as both arguments are.
std::vector<std::string_view> restore_words(const backup::Value& value, const Request& request);

/// What was left of a life that ends at `expires`, seen from `from`: at least 1 ms.
std::int64_t milliseconds_left(std::int64_t expires_unix_ms, std::int64_t from_unix_ms);

}  // namespace rcache::restore
