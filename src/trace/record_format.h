#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/error.h"
#include "trace/event.h"

/// The file of `rcache record`: who asked for which key when, and nothing of what is in it.
///
/// A file is a row of blocks, each with its own checksums, so that a damaged one costs only itself
/// and a file that was cut off (kill -9, a full disk) is good up to its last whole block.
///
///   block    magic "rct1" (4) | kind (1) | payload length (4) | events in it (4)
///            | CRC-32C of these 13 bytes (4) | payload | CRC-32C of the payload (4)
///            all numbers little-endian; a payload has at most 4 MiB
///   order    one header, then blocks of events, then one end
///
/// The header's payload: flags (1; bit 0: keys are names, else hashes), moment of the begin in
/// microseconds since 1970 (8), tool, servers, pattern (each: length as a varint, then the bytes).
///
/// An event, numbers as varints (7 bits a byte, the lowest first, bit 7: more follow):
///   verb     one byte: the verb in bits 0 to 3, and what follows: bit 4 a TTL, bit 5 a size, bit 6
///            a source other than that of the event before in this block, bit 7 a database likewise
///   time     microseconds since the event before in this block, zigzag (0, -1, 1, -2...);
///            of the first one: since the begin
///   key      not of a flush. 0: a key that is new in this block follows: of hashes its 8 bytes, of
///            names the length and the bytes. n: the n-th that was new in this block
///   TTL      milliseconds + 1; 0: it never expires. Left out: as it was
///   size     bytes of the value
///   source   a number for each connection, in the order in which they came
///   database 65535: all of them
///
/// A hash is SipHash-2-4 of the name under a key of 128 random bits that is never written anywhere:
/// equal names are equal in one file, differ between files, and cannot be looked up. The database
/// is part of a key's identity.
///
/// The end's payload: reason (length and bytes), lines seen (8), lines left out as no event (8),
/// malformed lines (8), moment of the end in microseconds since 1970 (8).
namespace rcache::trace {

inline constexpr std::string_view k_record_magic = "rct1";
inline constexpr std::size_t k_block_head_bytes = 17;
inline constexpr std::size_t k_block_overhead_bytes = k_block_head_bytes + 4;
inline constexpr std::uint32_t k_max_block_bytes = std::uint32_t{4} << 20U;

enum class BlockKind : std::uint8_t { header = 1, events = 2, end = 3 };

struct RecordHeader {
  bool plain_keys = false;
  std::int64_t begin_us = 0;
  std::string tool;     ///< "rcache 0.1.0"
  std::string servers;  ///< addresses, separated by blanks
  std::string pattern;  ///< of --match; empty: all keys
  bool operator==(const RecordHeader&) const = default;
};

struct RecordEnd {
  std::string reason;
  std::uint64_t lines = 0;
  std::uint64_t other = 0;
  std::uint64_t malformed = 0;
  std::int64_t end_us = 0;
  bool operator==(const RecordEnd&) const = default;
};

/// Whole blocks, ready to be appended to a file.
std::string header_block(const RecordHeader& header);
std::string end_block(const RecordEnd& end);
std::string block(BlockKind kind, std::uint32_t events, std::string_view payload);

/// A block's head as it was read.
struct BlockHead {
  BlockKind kind = BlockKind::events;
  std::uint32_t payload_bytes = 0;
  std::uint32_t events = 0;
};

/// In:      at least k_block_head_bytes.
/// Out:     false when they are no whole head.
bool read_block_head(std::string_view bytes, BlockHead& out);

/// In:      a payload with its checksum behind it. Out: false when they do not agree.
bool payload_is_whole(std::string_view payload_and_sum);

/// Out:     false for a payload that was not written so.
bool read_header(std::string_view payload, RecordHeader& out);
bool read_end(std::string_view payload, RecordEnd& out);

}  // namespace rcache::trace
