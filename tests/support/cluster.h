#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "support/server.h"

namespace rcache::test {

inline constexpr int k_cluster_slots = 16384;

/// A Redis Cluster of our own on 127.0.0.1, whole and agreed when the constructor returns (about
/// 2.5 s, most of it a wait of 2 s that Redis itself keeps before a new primary serves).
///
/// Nodes are numbered: primaries 0..P-1 with equal shares of the slots in order, then the replicas,
/// where node P + r is a replica of primary r % P. Numbers stay when roles change. Errors: Failure,
/// when a server does not start or the nodes do not agree in time.
class Cluster {
 public:
  explicit Cluster(std::size_t primaries = 3, std::size_t replicas_each = 0,
                   const std::vector<std::string>& arguments = {}, const std::string& binary = {});

  [[nodiscard]] std::size_t size() const { return nodes_.size(); }
  Server& node(std::size_t index) { return *nodes_.at(index)->server; }
  [[nodiscard]] const std::string& id(std::size_t index) const { return nodes_.at(index)->id; }
  [[nodiscard]] std::string url() const;  ///< of node 0

  /// The numbers of the running nodes that call themselves primary.
  std::vector<std::size_t> primaries();

  int slot_of(const std::string& key);
  /// The node that serves a slot, as the running primaries themselves see it.
  std::size_t owner(int slot);

  /// A command on the node that serves `key`.
  Value command_for(const std::string& key, const Words& words);

  /// Sets `prefix`0 .. `prefix`(count-1) to "value", each on the node of its slot, and returns
  /// them.
  std::vector<std::string> set_keys(std::size_t count, const std::string& prefix = "key:");

  /// Moves a slot with its keys, as `redis-cli --cluster reshard` does. All nodes know it, and its
  /// new epoch, when this returns.
  void move_slot(int slot, std::size_t from, std::size_t to);

  /// The first half of that: the slot is open (MIGRATING, IMPORTING) and at most `keys` keys are
  /// over.
  void begin_move(int slot, std::size_t from, std::size_t to, std::size_t keys);

  /// The second half, after begin_move with the same nodes.
  void end_move(int slot, std::size_t from, std::size_t to);

  /// CLUSTER FAILOVER: `replica` takes over from its running primary. Returns when all nodes know.
  void failover(std::size_t replica);

  /// SIGKILL. What the others make of it takes the node timeout (1 s) and more.
  void kill_node(std::size_t index) { node(index).kill(); }

  /// Waits until `replica` has become a primary without being asked, and all running nodes agree.
  void wait_for_promotion(std::size_t replica);

  /// Waits until every running node says cluster_state:ok, all have one view of the slots, and
  /// replicas are connected.
  void wait_until_ok();

 private:
  struct Node {
    std::unique_ptr<Server> server;
    std::string id;
  };

  void join(std::size_t primaries);
  std::size_t first_running();
  std::string slot_view(std::size_t index);
  bool agreed();
  std::size_t migrate_some(int slot, std::size_t from, std::size_t to, std::size_t keys);
  std::size_t index_of_port(long long port);

  std::vector<std::unique_ptr<Node>> nodes_;
};

}  // namespace rcache::test
