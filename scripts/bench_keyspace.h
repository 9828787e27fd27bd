#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "support/server.h"

namespace rcache::bench {

/// The pattern that one key in five matches.
inline constexpr const char* k_pattern = "contacts:org1:*";

/// Puts `keys` keys into an empty server, the same ones each time: names as applications make them
/// (lists of contacts of 400 organisations, sessions, products...), values of 100 to 300 bytes
/// that look like JSON, nine in ten with a TTL of one to seven days.
void fill(test::Server& server, std::size_t keys);

/// A private server on a port of 127.0.0.1 with these keys, and the way back to them after each
/// run.
class Keyspace {
 public:
  explicit Keyspace(std::size_t keys);

  /// A new process that has loaded the keys: no run inherits the fragmented memory or the
  /// half-empty hash table of the one before.
  void reset();

  [[nodiscard]] test::Server& server() { return server_; }
  [[nodiscard]] std::string port() const { return std::to_string(server_.port()); }
  [[nodiscard]] std::uint64_t keys() const { return keys_; }
  [[nodiscard]] std::uint64_t matching() const { return keys_ / 5; }  ///< k_pattern

  /// How many keys there are now.
  std::uint64_t size();

 private:
  test::Server server_;
  std::uint64_t keys_;
};

/// How many keys the tables work on: a million, or RCACHE_BENCH_KEYS for a quick try.
std::size_t default_keys();

}  // namespace rcache::bench
