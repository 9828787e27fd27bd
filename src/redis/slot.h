#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/glob_list.h"
#include "redis/deployment.h"

namespace rcache::redis {

/// The cluster slot of a key: CRC16 of its hash tag, or of the whole key, modulo 16384.
/// Source: https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/ (hash tags,
/// appendix A)
std::uint16_t key_slot(std::string_view key);

/// The node that serves the key by the deployment's map; null when none can be reached.
const Node* owner_of(const Deployment& servers, std::string_view key);

/// The slots that all matches are in, when every glob has a literal hash tag or is a plain key.
std::optional<SlotSet> slots_of(const GlobList& globs);

/// Slots as ranges for people: "0-5460, 10923"; "none" when empty.
std::string to_string(const SlotSet& slots);

}  // namespace rcache::redis
