#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>

#include "core/error.h"
#include "redis/client.h"

namespace rcache::redis {

/// How much a server may make us hold. Each is far above what an honest server sends to the
/// commands of this program, and small enough that a hostile one cannot exhaust the memory.
struct ReplyBounds {
  std::size_t reply_bytes = 64U << 20U;  ///< one whole reply on the wire
  std::size_t elements = 1U << 20U;      ///< members of all arrays of one reply together
  std::size_t line_bytes = 64U << 10U;   ///< a status, an error, a number or a length
};

/// Bytes -> replies, over hiredis' reader. RESP2 only.
///
/// hiredis alone would buffer any declared length, take a bulk string with a wrong end, and spend
/// quadratic time on long lines; the bounds and checks here close that.
class ReplyReader {
 public:
  explicit ReplyReader(ReplyBounds bounds = {});
  ~ReplyReader();
  ReplyReader(ReplyReader&&) noexcept;
  ReplyReader& operator=(ReplyReader&&) noexcept;

  /// Takes bytes as they come, cut anywhere. Errors: protocol, when memory runs out.
  Result<void> feed(std::string_view bytes);

  /// The next whole reply; empty when more bytes are needed.
  /// Errors:  protocol, for bytes that are not RESP2 or exceed a bound. The reader is useless then.
  Result<std::optional<Reply>> next();

  /// True when a reply has begun and more bytes are needed to end it. Only after next() came back
  /// empty.
  bool inside_reply() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace rcache::redis
