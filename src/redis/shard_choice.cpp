#include "redis/shard_choice.h"

#include "redis/slot.h"

namespace rcache::redis {
namespace {

/// From Redis 8 on, CLUSTER SHARDS takes the slots away from a primary that has failed: who it was
/// is still worth knowing.
std::string failed_primaries(const std::vector<MapNode>& map) {
  std::string names;
  for (const auto& node : map) {
    if (!node.primary || node.online || node.slots.any()) continue;
    names += (names.empty() ? "; failed: " : ", ") + to_string(node.address);
  }
  return names;
}

}  // namespace

std::vector<MapNode> choose_nodes(const std::vector<MapNode>& map, ReadFrom read_from,
                                  std::vector<Gap>& gaps) {
  SlotSet owned;
  for (const auto& node : map) {
    if (node.primary) owned |= node.slots;
  }
  if (!owned.all()) {
    gaps.push_back(
        {"slots " + to_string(~owned), "no node serves them" + failed_primaries(map), ~owned});
  }

  std::vector<MapNode> chosen;
  SlotSet taken;
  const auto consider = [&](const MapNode& node, bool online) {
    const bool wanted = node.primary == (read_from == ReadFrom::primary);
    if (!wanted || node.online != online || node.slots.none() || (taken & node.slots).any()) return;
    taken |= node.slots;
    chosen.push_back(node);
  };
  for (const bool online : {true, false}) {
    for (const auto& node : map) consider(node, online);
  }
  const SlotSet unread = owned & ~taken;
  if (unread.any()) {
    // Two primaries that claim one slot are in the middle of a takeover: only one of them is
    // chosen.
    const auto* why = read_from == ReadFrom::replica ? "no replica is online for them"
                                                     : "the primaries do not agree on their slots";
    gaps.push_back({"slots " + to_string(unread), why, unread});
  }
  return chosen;
}

}  // namespace rcache::redis
