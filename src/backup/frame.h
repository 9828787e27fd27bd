#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "backup/record.h"

/// What goes around a payload; the picture is in record.h.
namespace rcache::backup {

inline constexpr std::string_view k_magic = "rcf1";
inline constexpr std::size_t k_head_bytes = 13;
inline constexpr std::size_t k_checksum_bytes = 4;
inline constexpr std::size_t k_frame_overhead_bytes = k_head_bytes + k_checksum_bytes;

struct Head {
  std::uint8_t kind = 0;  ///< as it stands there, known or not
  std::uint32_t payload_bytes = 0;
};

/// Empty unless `bytes` begin with a whole head: the magic, and a checksum that fits.
std::optional<Head> parse_head(std::string_view bytes);

/// True when `bytes` are too few for a head and could be the beginning of one.
bool is_cut_head(std::string_view bytes);

/// In:      a payload and the checksum behind it.
bool payload_fits(std::string_view payload_and_checksum);

/// A frame in the making: room for the head, behind which the payload goes.
std::string open_frame();

/// Makes a frame of it: marks the payload, fills in the head, adds the checksum.
std::string close_frame(Kind kind, std::string opened);

/// The payload without its marks: itself when it has none, else put together in `room`. Empty when
/// it was not marked by us.
///
/// A value may hold anything, a frame of a backup too, and a reader that looks for the next frame
/// after damage must not take it for one. So a zero byte is put behind every "rcf" of a payload,
/// and the magic never stands in one.
///
/// Source:  RFC 1662, section 4.2 (the same idea: a flag never stands inside a frame)
std::optional<std::string_view> unmark(std::string_view payload, std::string& room);

}  // namespace rcache::backup
