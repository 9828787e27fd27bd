#pragma once

#include <asio/awaitable.hpp>
#include <asio/generic/stream_protocol.hpp>
#include <chrono>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/interrupt.h"
#include "redis/deployment.h"

namespace rcache::redis {

/// Where an address leads: one socket address for an IP or a unix socket, all of them for a name,
/// in the resolver's order.
///
/// Errors:  connect, for a name that is unknown or was not answered before `deadline`; usage for a
///          socket path that is too long for the system; interrupted.
asio::awaitable<Result<std::vector<asio::generic::stream_protocol::endpoint>>> resolve(
    Address address, std::chrono::steady_clock::time_point deadline, Interrupt& interrupt);

}  // namespace rcache::redis
