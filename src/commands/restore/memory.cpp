#include "commands/restore/memory.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/units.h"

namespace rcache::restore {
namespace {

/// Of maxmemory. Closer to it, other clients' writes are enough to evict.
constexpr double k_full = 0.99;

}  // namespace

Memory read_memory(const Info& stats, const Info& memory) {
  Memory out;
  out.used_bytes = memory.integer("used_memory");
  out.max_bytes = memory.integer("maxmemory");
  if (out.max_bytes && *out.max_bytes <= 0) out.max_bytes.reset();
  out.evicted_keys = stats.integer("evicted_keys");
  out.evicts = memory.text("maxmemory_policy").value_or("noeviction") != "noeviction";
  return out;
}

std::optional<std::string> shortage(std::string_view where, const Memory& memory,
                                    std::uint64_t payload_bytes) {
  if (!memory.max_bytes || !memory.used_bytes) return std::nullopt;
  const auto payload = static_cast<std::int64_t>(payload_bytes);
  if (payload == 0 || *memory.used_bytes + payload <= *memory.max_bytes) return std::nullopt;
  return fmt::format("{} uses {} of {} (maxmemory), and {} are to be restored into it", where,
                     format_bytes(*memory.used_bytes), format_bytes(*memory.max_bytes),
                     format_bytes(payload));
}

std::optional<Stop> evictions(std::string_view where, const Memory& at_start, const Memory& now) {
  if (!at_start.evicted_keys || !now.evicted_keys) return std::nullopt;
  const auto evicted = *now.evicted_keys - *at_start.evicted_keys;
  if (evicted <= 0) return std::nullopt;
  return Stop{"evictions",
              fmt::format("{} evicted {} {} meanwhile: others than these, or some of "
                          "those just restored (--allow-evictions goes on)",
                          where, format_count(evicted), evicted == 1 ? "key" : "keys")};
}

std::optional<Stop> nearly_full(std::string_view where, const Memory& before, const Memory& now) {
  if (!now.evicts || !now.max_bytes || !now.used_bytes) return std::nullopt;
  const auto grown = *now.used_bytes - before.used_bytes.value_or(*now.used_bytes);
  const auto next = static_cast<double>(*now.used_bytes + std::max<std::int64_t>(grown, 0));
  if (next <= k_full * static_cast<double>(*now.max_bytes)) return std::nullopt;
  return Stop{"memory",
              fmt::format("{} uses {} of {} (maxmemory): the next batch would evict keys "
                          "(--allow-evictions goes on)",
                          where, format_bytes(*now.used_bytes), format_bytes(*now.max_bytes))};
}

}  // namespace rcache::restore
