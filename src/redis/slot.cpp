#include "redis/slot.h"

#include <fmt/format.h>

#include <array>

namespace rcache::redis {
namespace {

/// CRC-16/XMODEM: polynomial 0x1021, start 0, no reflection.
constexpr std::array<std::uint16_t, 256> crc16_table() {
  std::array<std::uint16_t, 256> table{};
  for (unsigned byte = 0; byte < 256; ++byte) {
    unsigned crc = byte << 8U;
    for (int bit = 0; bit < 8; ++bit)
      crc = (crc & 0x8000U) != 0 ? (crc << 1U) ^ 0x1021U : crc << 1U;
    table[byte] = static_cast<std::uint16_t>(crc);
  }
  return table;
}
constexpr auto k_crc16 = crc16_table();

std::uint16_t crc16(std::string_view bytes) {
  unsigned crc = 0;
  for (const char byte : bytes) {
    crc =
        ((crc << 8U) & 0xffffU) ^ k_crc16[((crc >> 8U) ^ static_cast<unsigned char>(byte)) & 0xffU];
  }
  return static_cast<std::uint16_t>(crc);
}

/// The part between the first '{' and the next '}', unless that is empty or missing.
std::string_view hashed_part(std::string_view key) {
  const auto open = key.find('{');
  if (open == std::string_view::npos) return key;
  const auto close = key.find('}', open + 1);
  if (close == std::string_view::npos || close == open + 1) return key;
  return key.substr(open + 1, close - open - 1);
}

}  // namespace

std::uint16_t key_slot(std::string_view key) {
  return static_cast<std::uint16_t>(crc16(hashed_part(key)) % k_slot_count);
}

const Node* owner_of(const Deployment& servers, std::string_view key) {
  if (servers.mode() == Mode::standalone) return &servers.nodes().front();
  const auto slot = key_slot(key);
  for (const auto& node : servers.nodes()) {
    if (node.slots[slot]) return &node;
  }
  return nullptr;
}

std::optional<SlotSet> slots_of(const GlobList& globs) {
  if (globs.empty()) return std::nullopt;
  SlotSet slots;
  for (const auto& glob : globs.globs()) {
    if (const auto key = glob.literal()) {
      slots.set(key_slot(*key));
    } else if (const auto tag = glob.hash_tag()) {
      slots.set(key_slot(*tag));
    } else {
      return std::nullopt;
    }
  }
  return slots;
}

std::string to_string(const SlotSet& slots) {
  std::string ranges;
  for (std::size_t first = 0; first < k_slot_count; ++first) {
    if (!slots[first]) continue;
    std::size_t last = first;
    while (last + 1 < k_slot_count && slots[last + 1]) ++last;
    if (!ranges.empty()) ranges += ", ";
    ranges += first == last ? fmt::format("{}", first) : fmt::format("{}-{}", first, last);
    first = last;
  }
  return ranges.empty() ? "none" : ranges;
}

}  // namespace rcache::redis
