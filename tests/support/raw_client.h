#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "support/deadline.h"

struct redisContext;

namespace rcache::test {

/// A reply as it came.
struct Value {
  enum class Type { nil, status, error, integer, text, array };

  Type type = Type::nil;
  std::string text;       ///< of a text, status or error: the bytes
  long long integer = 0;  ///< of an integer
  std::vector<Value> items;

  [[nodiscard]] bool is_nil() const { return type == Type::nil; }
  [[nodiscard]] bool is_error() const { return type == Type::error; }
  [[nodiscard]] const Value& operator[](std::size_t index) const { return items.at(index); }
  /// In words, nested, for failures.
  [[nodiscard]] std::string describe() const;
};

using Words = std::vector<std::string>;

/// A blocking connection over plain hiredis: what tests know about a server comes from here and not
/// from the code under test.
class RawClient {
 public:
  /// `address` is "host:port", or a path that begins with '/'.
  ///
  /// Errors:  Failure when there is no connection.
  explicit RawClient(const std::string& address, std::chrono::milliseconds limit = k_patience);
  ~RawClient();
  RawClient(RawClient&&) noexcept;
  RawClient& operator=(RawClient&&) noexcept;

  /// Sends one command.
  ///
  /// Errors:  Failure with the words of an error reply, or when no reply comes in time.
  Value command(const Words& words);

  /// The same, but an error reply is a value.
  Value try_command(const Words& words);

  /// Sends all commands, then reads all replies; error replies are values.
  std::vector<Value> pipeline(const std::vector<Words>& commands);

  /// Whether the server has closed the connection.
  [[nodiscard]] bool closed() const;

 private:
  void send(const Words& words);
  Value receive(const Words& words);

  struct Free {
    void operator()(redisContext* context) const;
  };
  std::string address_;
  std::unique_ptr<redisContext, Free> context_;
};

/// The value of one field of an INFO text, or empty.
std::string info_field(std::string_view info, std::string_view name);

}  // namespace rcache::test
