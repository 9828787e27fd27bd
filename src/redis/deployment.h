#pragma once

#include <asio/awaitable.hpp>
#include <bitset>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/error.h"
#include "redis/client.h"
#include "redis/identity.h"

namespace rcache::redis {

inline constexpr std::size_t k_slot_count = 16384;
using SlotSet = std::bitset<k_slot_count>;

/// Where a server listens: a host and port, or the path of a unix socket.
struct Address {
  std::string host;
  std::uint16_t port = 0;
  std::string socket_path;  ///< not empty: a unix socket, host and port mean nothing

  auto operator<=>(const Address&) const = default;
};

/// "10.0.0.7:6379", "[::1]:6379" or "/run/redis.sock".
std::string to_string(const Address& address);

class Monitor;

/// One server of a deployment, connected and identified.
struct Node {
  Address address;
  Identity identity;
  SlotSet slots;  ///< what it serves; none outside a cluster
  std::shared_ptr<Client> client;
};

/// What should be there and is not: an unreachable primary, slots that no node serves.
struct Gap {
  std::string what;  ///< "10.0.0.7:7001" or "slots 0-100"
  std::string why;   ///< "Connection refused"
  SlotSet slots;     ///< the slots that cannot be reached because of it
};

enum class Mode { standalone, cluster };

/// All servers that hold the keyspace, each part of it once: one server, or every primary of a
/// cluster (or a replica in the place of each when replicas were asked for).
class Deployment {
 public:
  virtual ~Deployment() = default;

  virtual Mode mode() const = 0;
  /// Sorted by address; never empty.
  virtual const std::vector<Node>& nodes() const = 0;
  /// Empty when every part of the keyspace can be reached.
  virtual const std::vector<Gap>& gaps() const = 0;

  /// Looks again: follows a failover, reads the slot map anew, connects again what was lost.
  /// Clients of nodes that are still the same process and connected stay as they are.
  ///
  /// Errors:  connect when no server can be reached; a node that is missing is a gap, not an error.
  /// Cost:    per node one INFO and, in a cluster, one CLUSTER SHARDS (or SLOTS, or NODES).
  virtual asio::awaitable<Result<void>> refresh() = 0;

  /// One more connection to the process behind one of nodes(), logged in, for what cannot share
  /// one: transactions, and measuring how fast the server answers. It ends with its last owner.
  ///
  /// Errors:  connect, also when another process answers there by now.
  /// Cost:    one login (see login.h).
  virtual asio::awaitable<Result<std::shared_ptr<Client>>> open_another(Node node) = 0;

  /// MONITOR on a connection of its own to the process behind one of nodes(), see monitor.h.
  virtual asio::awaitable<Result<std::shared_ptr<Monitor>>> open_monitor(Node node) = 0;

  /// Sends one command to the node that serves `key`, following MOVED and ASK (at most 5 hops) and
  /// waiting out TRYAGAIN, CLUSTERDOWN and LOADING within the reply deadline.
  ///
  /// Out:     the final reply; other error replies are returned as they are.
  virtual asio::awaitable<Result<Reply>> send_to_owner(std::string key, Args words) = 0;
};

}  // namespace rcache::redis
