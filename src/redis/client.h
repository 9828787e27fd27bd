#pragma once

#include <asio/awaitable.hpp>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/error.h"

namespace rcache::redis {

/// A reply of RESP2. The small types have explicit constructors, so that a string is only ever a
/// bulk string.
struct Nil {
  bool operator==(const Nil&) const = default;
};
struct Status {
  explicit Status(std::string words) : text(std::move(words)) {}
  std::string text;
  bool operator==(const Status&) const = default;
};
/// An error reply, whole. Its first word is its class: "NOPERM", "MOVED", "ERR"...
struct ServerError {
  explicit ServerError(std::string words) : text(std::move(words)) {}
  std::string text;
  std::string_view code() const { return std::string_view(text).substr(0, text.find(' ')); }
  bool operator==(const ServerError&) const = default;
};
struct Reply {
  std::variant<Nil, std::int64_t, std::string, Status, ServerError, std::vector<Reply>> value;
  bool operator==(const Reply&) const = default;

  template <typename T>
  const T* get() const {
    return std::get_if<T>(&value);
  }
  template <typename T>
  T* get() {
    return std::get_if<T>(&value);
  }
  const ServerError* error() const { return get<ServerError>(); }
};

/// The words of one command: {"INFO", "memory"}.
using Args = std::vector<std::string>;

/// Commands in the form in which they travel, one after the other in one buffer.
///
/// Written by hand and not with hiredis' formatter, which allocates twice for each command: for a
/// million PTTLs that is a third of a second of client time. A test compares the bytes of both.
/// Source: https://redis.io/docs/latest/develop/reference/protocol-spec/ (arrays of bulk strings)
class Commands {
 public:
  void add(std::initializer_list<std::string_view> words) {
    add(std::span<const std::string_view>(words.begin(), words.size()));
  }
  void add(std::span<const std::string_view> words);
  void add(const Args& words);

  std::size_t count() const { return count_; }
  const std::string& bytes() const { return bytes_; }
  std::string take_bytes() && { return std::move(bytes_); }

 private:
  std::string bytes_;
  std::size_t count_ = 0;
};

/// One connection to one server, as commands see it. Several coroutines may use it at once: what
/// they send goes out in the order of the calls, and each gets its own replies.
class Client {
 public:
  virtual ~Client() = default;

  /// Sends all commands at once and collects their replies.
  ///
  /// Out:     one reply per command, in order; a refused command is a ServerError among them.
  /// Errors:  connect when the connection is lost or the deadline passes (then it is lost for all),
  ///          protocol when the bytes make no sense, interrupted after Ctrl-C.
  /// Cost:    the commands, in one write; one round trip.
  virtual asio::awaitable<Result<std::vector<Reply>>> pipeline(Commands commands) = 0;

  /// Sends one command. Same errors as `pipeline`; one round trip.
  asio::awaitable<Result<Reply>> send(Args words);
};

}  // namespace rcache::redis
