#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "commands/audit_ttl/audit.h"

namespace rcache::audit_ttl {

/// Keys of one node.
struct Batch {
  redis::Address node;
  std::shared_ptr<redis::Client> client;
  std::vector<std::string> keys;
};

/// What became of the questions of one look, where not every one was answered.
struct Unanswered {
  std::uint64_t refused = 0;  ///< the user may not ask for these keys, or the server would not say
  std::string why = {};       ///< its words
  std::uint64_t lost = 0;     ///< the connection went before the answer came
};

/// The answers, one for each key of the batch: PTTL's number, or empty.
struct Ttls {
  Batch batch;
  std::vector<std::optional<std::int64_t>> pttl_ms;
  std::int64_t at_unix_ms = 0;  ///< when, by the server's clock
};

/// Asks for the TTL of each key; one that has moved is asked for where it is now.
///
/// Cost:    one TIME and one PTTL for each key, in one round trip. Each PTTL that is carried out is
///          one keyspace hit or miss, and counted in audit->own_lookups.
asio::awaitable<Ttls> ask_ttls(std::shared_ptr<Audit> audit, Batch batch, Unanswered* unanswered);

/// The sizes of keys, one for each of the batch; empty for one that is gone or not told.
struct Sizes {
  std::vector<std::optional<std::int64_t>> bytes;
  bool allowed = true;  ///< false: the server does not tell, and a note says so
};

/// Cost:    one MEMORY USAGE for each key, in one round trip; no keyspace hit or miss.
asio::awaitable<Sizes> ask_sizes(std::shared_ptr<Audit> audit, Batch batch);

}  // namespace rcache::audit_ttl
