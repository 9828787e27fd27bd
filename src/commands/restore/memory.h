#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/info.h"

namespace rcache::restore {

/// How full a server is. What INFO does not say is empty.
struct Memory {
  std::optional<std::int64_t> used_bytes;
  std::optional<std::int64_t> max_bytes;  ///< empty without maxmemory, too
  std::optional<std::int64_t> evicted_keys;
  bool evicts = false;  ///< at the limit it removes keys, and does not refuse writes
};

/// Reads it out of INFO, sections stats and memory.
/// Source:  https://redis.io/docs/latest/commands/info/,
///          https://redis.io/docs/latest/develop/reference/eviction/
Memory read_memory(const Info& stats, const Info& memory);

/// Why so much payload cannot go into a server, in words; empty when it fits. A restored key takes
/// more memory than its payload has bytes, so this only says no when it is certain.
std::optional<std::string> shortage(std::string_view where, const Memory& memory,
                                    std::uint64_t payload_bytes);

/// Why a run stops before its end: the report's `reason`, and the words for it.
struct Stop {
  std::string reason;
  std::string why;
};

/// Why a run must end: the server has removed keys since it began. Under allkeys-lru a server
/// answers OK to every RESTORE while it evicts other keys, and those just restored.
std::optional<Stop> evictions(std::string_view where, const Memory& at_start, const Memory& now);

/// Why the next batch must not be sent: if it takes as much as the last one did, the server evicts
/// keys for it.
///
/// In:      what the server said before and after the last batch.
std::optional<Stop> nearly_full(std::string_view where, const Memory& before, const Memory& now);

}  // namespace rcache::restore
