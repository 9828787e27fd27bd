#pragma once

#include <asio/awaitable.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "redis/batch_queue.h"
#include "redis/deployment.h"

namespace rcache::redis {

/// What was said of the TTLs of some keys: one answer for each, PTTL's number, or empty.
struct KeyTtls {
  std::vector<std::optional<std::int64_t>> pttl_ms;
  std::optional<std::int64_t> at_unix_ms;  ///< by the server's clock; empty where TIME is forbidden
  std::uint64_t lookups = 0;               ///< keyspace hits and misses that the questions were
  std::uint64_t refused = 0;               ///< keys that may not be asked about
  std::string why = {};                    ///< the server's words for that
  std::uint64_t lost = 0;                  ///< the connection went before the answer came
};

/// Asks for the TTL of each key; one that has moved is asked for where it is now.
///
/// Cost:    one TIME and one PTTL for each key, in one round trip. Each PTTL that is carried out is
///          one keyspace hit or miss.
/// In:      `keys` stay where they are, and must outlive the answer: a copy for each of the batches
///          under way would cost as much memory as all the rest of them.
asio::awaitable<KeyTtls> ask_key_ttls(std::shared_ptr<Deployment> servers,
                                      std::shared_ptr<Client> client,
                                      const std::vector<std::string>& keys);

}  // namespace rcache::redis
