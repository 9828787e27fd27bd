#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "redis/client.h"
#include "redis/deployment.h"

namespace rcache::redis {

/// One node as the slot map of a cluster names it.
struct MapNode {
  Address address;
  std::string id;
  bool primary = false;
  bool online = true;
  SlotSet slots;  ///< of a replica: those of its primary
};

/// Reads a cluster's slot map from whichever command the server has.
///
/// In:      the reply, the address that was asked (nodes that announce no host of their own are
/// there),
///          and whether the TLS ports are wanted.
/// Out:     every node, in the order of the reply.
/// Errors:  protocol, when the reply has another shape.
/// Source:  https://redis.io/docs/latest/commands/cluster-shards/, .../cluster-slots/,
/// .../cluster-nodes/
Result<std::vector<MapNode>> parse_cluster_shards(const Reply& reply, const Address& asked,
                                                  bool tls);
Result<std::vector<MapNode>> parse_cluster_slots(const Reply& reply, const Address& asked);
Result<std::vector<MapNode>> parse_cluster_nodes(std::string_view text, const Address& asked);

/// What the asked node itself says that it serves and holds still. Only its own line of CLUSTER
/// NODES shows slots that are on the move.
struct OwnSlots {
  SlotSet served;     ///< owned, those on the move included
  std::string epoch;  ///< the node's own configuration epoch, as it stands there
  SlotSet moving;     ///< being migrated away or imported: keys may be on either side
};
Result<OwnSlots> parse_own_slots(std::string_view cluster_nodes_text);

}  // namespace rcache::redis
