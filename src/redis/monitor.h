#pragma once

#include <asio/awaitable.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "core/error.h"
#include "core/interrupt.h"
#include "redis/deployment.h"
#include "redis/endpoint.h"

namespace rcache::redis {

/// What a server sends after MONITOR: a line for each command that it executes, as raw bytes. A
/// busy server sends more than could be made into replies one by one.
class Monitor {
 public:
  virtual ~Monitor() = default;

  /// The next bytes as they came, cut anywhere; good until the next call.
  ///
  /// Errors:  connect when the connection is lost, also after close(); interrupted.
  virtual asio::awaitable<Result<std::string_view>> read() = 0;
  /// Ends a read() that is under way.
  virtual void close() = 0;
  /// Its number in CLIENT LIST; empty when the server does not say.
  virtual std::optional<std::int64_t> client_id() const = 0;
};

/// Connects once more to the process behind `node`, logs in and sends MONITOR.
///
/// Errors:  connect: also when MONITOR is refused (by ACL, or a managed service), and when another
///          process answers there by now; interrupted.
/// Cost:    one login (see login.h), CLIENT ID, MONITOR; from then on the server formats a line for
///          each command that it executes: 12 % of the throughput of single reads, half of that of
///          pipelined ones.
/// Source:  https://redis.io/docs/latest/commands/monitor/
asio::awaitable<Result<std::shared_ptr<Monitor>>> open_monitor(Node node, ConnectSettings settings,
                                                               Interrupt& interrupt);

}  // namespace rcache::redis
