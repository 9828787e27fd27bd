#pragma once

#include <asio/awaitable.hpp>
#include <asio/buffer.hpp>
#include <asio/error_code.hpp>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "core/error.h"
#include "core/interrupt.h"
#include "redis/endpoint.h"

namespace rcache::redis {

/// What one read or write came to.
struct Transferred {
  asio::error_code error;
  std::size_t bytes = 0;
};

/// A connected socket, plain or under TLS. One read and one write may be under way at once.
class Stream {
 public:
  /// Connects and shakes hands within `settings.connect_timeout`.
  /// Errors: connect, in the words of connect_failed() or tls_failed(); usage for unreadable
  /// certificate files;
  ///         interrupted.
  static asio::awaitable<Result<std::shared_ptr<Stream>>> open(Address address,
                                                               ConnectSettings settings,
                                                               Interrupt& interrupt);

  virtual ~Stream() = default;
  virtual asio::awaitable<Transferred> read_some(asio::mutable_buffer buffer) = 0;
  virtual asio::awaitable<Transferred> write(asio::const_buffer buffer) = 0;
  /// Ends all that is under way; they come back with an error.
  virtual void close() = 0;
};

/// What went wrong under an open connection, in a person's words: "Connection reset by peer", or
/// what TLS says.
std::string describe(const asio::error_code& error);

}  // namespace rcache::redis
