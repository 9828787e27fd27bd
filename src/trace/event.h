#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

/// Recorded traffic of a cache: one event, whatever the file it comes from.
namespace rcache::trace {

/// What happened to a key.
enum class Verb : std::uint8_t {
  get,      ///< its value was read, or found missing
  look,     ///< EXISTS, TTL, TYPE: counted by the server as a read, no use of the value
  set,      ///< a value was stored
  add,      ///< stored only if there was none: SET NX, SETNX; most of them are locks
  update,   ///< INCR, LPUSH, HSET of a field...: changed where it is, keeping its TTL
  del,      ///< taken away
  expire,   ///< given a time to live
  persist,  ///< its time to live taken away
  flush     ///< the whole database emptied; has no key
};
inline constexpr std::size_t k_verb_count = 9;

/// "get", "look"...: as in CSV and JSON.
std::string_view to_string(Verb verb);

/// Time to live of a `set` that has none: it never expires.
inline constexpr std::uint32_t k_no_ttl = std::numeric_limits<std::uint32_t>::max();
/// The key keeps the time to live that it has (KEEPTTL), or the trace does not say.
inline constexpr std::uint32_t k_same_ttl = k_no_ttl - 1;
/// The longest that is told from these two: 49.7 days.
inline constexpr std::uint32_t k_max_ttl_ms = k_same_ttl - 1;

/// A flush of every database: FLUSHALL.
inline constexpr std::uint16_t k_all_databases = 0xffff;

inline constexpr std::uint32_t k_unknown = std::numeric_limits<std::uint32_t>::max();

struct Event {
  std::int64_t time_ns = 0;           ///< since 1970 where the trace says so, else since its start
  std::uint32_t key = k_unknown;      ///< see KeyTable; k_unknown for a flush
  std::uint32_t ttl_ms = k_same_ttl;  ///< of a set, add or expire
  std::uint32_t load_us = k_unknown;  ///< how long the value took to load, where the trace says so
  std::uint32_t size = k_unknown;     ///< bytes of the value of a set or add
  std::uint32_t source = 0;           ///< who sent it: equal numbers, the same connection or client
  std::uint16_t database = 0;
  Verb verb = Verb::get;

  bool operator==(const Event&) const = default;
};

/// The verb with this name. Empty when there is none.
std::optional<Verb> verb_named(std::string_view word);

/// A duration as an event has it, cut to what it can hold.
std::uint32_t ttl_of(std::int64_t milliseconds);

}  // namespace rcache::trace
