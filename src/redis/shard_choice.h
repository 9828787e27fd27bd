#pragma once

#include <vector>

#include "redis/endpoint.h"
#include "redis/slot_map.h"

namespace rcache::redis {

/// For each shard of a cluster the node to use: its primary, or a replica that is online.
///
/// Out:     each slot at most once; slots that nobody owns, or for which no replica is online, are
/// added
///          to `gaps`.
std::vector<MapNode> choose_nodes(const std::vector<MapNode>& map, ReadFrom read_from,
                                  std::vector<Gap>& gaps);

}  // namespace rcache::redis
