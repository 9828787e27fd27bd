#pragma once

#include <string>

#include "redis/deployment.h"

namespace rcache::redis {

/// A node's own word on what a scan's proof needs: which process it is, in which role, and what it
/// serves.
struct NodeView {
  std::string run_id;
  std::string role;
  SlotSet served;     ///< none outside a cluster
  std::string epoch;  ///< of its configuration: grows when it takes a slot from another node
  SlotSet moving;     ///< on the move: keys may be on either side
};

/// Asks the node itself.
/// Errors:  those of Client::pipeline; protocol.
/// Cost:    one INFO and, in a cluster, one CLUSTER NODES (when that is refused, the deployment's
/// map
///          stands in, which does not show migrations).
asio::awaitable<Result<NodeView>> ask_view(Node node, Mode mode);

/// The slots that were served by the same process in the same role, unmarked, in both views. None
/// when the node took a slot in between: that may be one that had been away and come back. Source:
/// https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/ (a node that imports
/// a slot
///          takes an epoch above that of the one that had it)
SlotSet unchanged_slots(const NodeView& before, const NodeView& after);

/// True when both are the same process in the same role.
bool same_process(const NodeView& before, const NodeView& after);

}  // namespace rcache::redis
