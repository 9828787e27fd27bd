#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "redis/deployment.h"

namespace rcache::redis {

/// In which order a server's SCAN walks its keys, as far as it can be told from the cursor.
enum class CursorOrder {
  reverse_binary,  ///< one hash table: the reversed bits of the cursor only grow
  by_slot  ///< a table per slot, slot after slot; the low 14 bits of the cursor are the slot
};

/// A piece of the cursor space that is walked on its own: SCAN from `start` until the cursor comes
/// back as 0 or stands at `end` or behind it. All lanes of one cut together visit every key.
struct Lane {
  CursorOrder order = CursorOrder::reverse_binary;
  std::uint64_t start = 0;
  std::optional<std::uint64_t> end;  ///< a position(); empty: the end of the walk

  /// How much of the lane lies behind a cursor: 0 to 1.
  double part_done(std::uint64_t cursor) const;

  /// Where a cursor stands in the walk. Only grows from one reply to the next.
  std::uint64_t position(std::uint64_t cursor) const;
  bool finished_at(std::uint64_t returned_cursor) const;
};

/// The cursor order of a server, where it was measured; empty for all others, which are walked in
/// one lane.
///
/// Measured for completeness while the table grew and shrank: Redis 7.0 and 8.0, Valkey 8.1.
/// Source:  https://github.com/redis/redis/blob/7.0/src/dict.c (dictScan), and kvstore.c since 7.4
std::optional<CursorOrder> known_cursor_order(const Identity& identity);

/// How many lanes hide the network's part of the time: about as many as batches fit into a round
/// trip.
///
/// In:      `round_trip` as measured, `keys` of the node (0: unknown), `count` keys a batch looks
/// at. Out:     1 below 2 ms, and for few keys; at most 64.
std::size_t lanes_for(std::chrono::microseconds round_trip, std::uint64_t keys,
                      std::uint32_t count);

/// About what a SCAN of `count` keys and the removal of some of them cost a server.
std::chrono::microseconds server_time_of(std::uint32_t count);

/// Cuts the walk into `count` lanes of about the same length. By slot, the cut follows `slots`,
/// those that the node serves. One lane, or an empty order, is the whole walk from cursor 0.
std::vector<Lane> cut_lanes(std::optional<CursorOrder> order, std::size_t count,
                            const SlotSet& slots);

}  // namespace rcache::redis
