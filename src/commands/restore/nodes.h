#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "commands/command.h"
#include "commands/restore/memory.h"
#include "commands/restore/request.h"
#include "core/info.h"
#include "redis/client.h"

namespace rcache::restore {

/// A server's clock, read once and then carried on by our own steady one. Our wall clock decides
/// nothing: it may be wrong.
class ServerClock {
 public:
  /// In:      `asked_at`, before TIME was sent: then now() is never behind, and a key that has just
  ///          expired is not sent.
  ServerClock(std::int64_t unix_ms, Clock::Instant asked_at)
      : unix_ms_(unix_ms), asked_at_(asked_at) {}

  std::int64_t unix_ms(Clock::Instant now) const;

 private:
  std::int64_t unix_ms_;
  Clock::Instant asked_at_;
};

/// What a server said of itself when it was first met, and since.
struct NodeState {
  std::string run_id;                ///< of the process that said it
  std::optional<ServerClock> clock;  ///< always there when TTLs are kept
  Memory at_start;
  Memory latest;
  std::uint64_t missing_bytes = 0;  ///< payload of the keys that a dry run did not find there
};

/// The reply to INFO; an empty one when it is no text.
Info info_in(const redis::Reply& reply);

/// The servers that take part.
class Nodes {
 public:
  Nodes(Context& context, std::shared_ptr<redis::Deployment> servers, TtlMode ttl)
      : context_(context), servers_(std::move(servers)), ttl_(ttl) {}

  /// Asks every server that was not asked before, or is another process since.
  ///
  /// Errors:  connect when TTLs are to be kept and a server does not tell its time; those of
  ///          Client::pipeline.
  /// Cost:    per server one pipeline of TIME and two INFO; without TIME one INFO more.
  asio::awaitable<Result<void>> survey();

  redis::Deployment& servers() { return *servers_; }

  /// The server that has, or would have, the key; null when no reachable one has. Valid until the
  /// deployment looks again.
  const redis::Node* owner_of(std::string_view key) const;
  /// Why there is none.
  std::string missing_owner(std::string_view key) const;

  /// In:      a server that survey() has asked.
  NodeState& state(const redis::Node& node) { return states_.at(node.address); }
  const NodeState& state(const redis::Node& node) const { return states_.at(node.address); }
  /// Its clock; 0 when nothing depends on it.
  std::int64_t unix_ms(const redis::Node& node) const;

 private:
  bool knows(const redis::Node& node) const;

  Context& context_;
  std::shared_ptr<redis::Deployment> servers_;
  TtlMode ttl_;
  std::map<redis::Address, NodeState> states_;
};

}  // namespace rcache::restore
