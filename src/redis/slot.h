#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "redis/deployment.h"

namespace rcache::redis {

/// The cluster slot of a key: CRC16 of its hash tag, or of the whole key, modulo 16384.
/// Source: https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/ (hash tags,
/// appendix A)
std::uint16_t key_slot(std::string_view key);

/// The node that serves the key by the deployment's map; null when none can be reached.
const Node* owner_of(const Deployment& servers, std::string_view key);

/// Slots as ranges for people: "0-5460, 10923"; "none" when empty.
std::string to_string(const SlotSet& slots);

}  // namespace rcache::redis
