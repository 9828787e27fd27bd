#include "trace/command_words.h"

#include <array>
#include <bit>
#include <cstddef>
#include <cstring>

namespace rcache::trace {
namespace {

using Keys = CommandShape::Keys;
using Detail = CommandShape::Detail;

struct Entry {
  std::string_view name;
  CommandShape shape;
};

constexpr CommandShape k_read{Verb::get};
constexpr CommandShape k_read_all{Verb::get, Keys::all};
constexpr CommandShape k_look{Verb::look};
constexpr CommandShape k_change{Verb::update};
constexpr CommandShape k_fill{Verb::set, Keys::first, Detail::keeps_ttl};

constexpr Entry k_entries[] = {
    {"get", k_read},
    {"set", {Verb::set, Keys::first, Detail::set_options}},
    {"mget", k_read_all},
    {"getex", {Verb::get, Keys::first, Detail::getex_options}},
    {"getdel", {Verb::get, Keys::first, Detail::then_deleted}},
    {"getset", {Verb::get, Keys::first, Detail::then_set}},
    {"setex", {Verb::set, Keys::first, Detail::seconds}},
    {"psetex", {Verb::set, Keys::first, Detail::milliseconds}},
    {"setnx", {Verb::add, Keys::first, Detail::value}},
    {"mset", {Verb::set, Keys::every_second}},
    {"msetnx", {Verb::add, Keys::every_second}},
    {"restore", {Verb::set, Keys::first, Detail::restore}},
    {"hset", k_fill},
    {"hmset", k_fill},
    {"json.set", k_fill},
    {"del", {Verb::del, Keys::all}},
    {"unlink", {Verb::del, Keys::all}},
    {"expire", {Verb::expire, Keys::first, Detail::seconds}},
    {"pexpire", {Verb::expire, Keys::first, Detail::milliseconds}},
    {"expireat", {Verb::expire, Keys::first, Detail::at_seconds}},
    {"pexpireat", {Verb::expire, Keys::first, Detail::at_milliseconds}},
    {"persist", {Verb::persist}},
    {"flushdb", {Verb::flush}},
    {"flushall", {Verb::flush}},

    {"exists", {Verb::look, Keys::all}},
    {"touch", {Verb::look, Keys::all}},
    {"type", k_look},
    {"ttl", k_look},
    {"pttl", k_look},
    {"expiretime", k_look},
    {"pexpiretime", k_look},
    {"dump", k_look},

    {"strlen", k_read},
    {"getrange", k_read},
    {"substr", k_read},
    {"getbit", k_read},
    {"bitcount", k_read},
    {"bitpos", k_read},
    {"hget", k_read},
    {"hmget", k_read},
    {"hgetall", k_read},
    {"hkeys", k_read},
    {"hvals", k_read},
    {"hlen", k_read},
    {"hexists", k_read},
    {"hstrlen", k_read},
    {"hrandfield", k_read},
    {"hscan", k_read},
    {"lrange", k_read},
    {"lindex", k_read},
    {"llen", k_read},
    {"lpos", k_read},
    {"smembers", k_read},
    {"sismember", k_read},
    {"smismember", k_read},
    {"scard", k_read},
    {"srandmember", k_read},
    {"sscan", k_read},
    {"sinter", k_read_all},
    {"sunion", k_read_all},
    {"sdiff", k_read_all},
    {"zrange", k_read},
    {"zrangebyscore", k_read},
    {"zrangebylex", k_read},
    {"zrevrange", k_read},
    {"zrevrangebyscore", k_read},
    {"zrevrangebylex", k_read},
    {"zscore", k_read},
    {"zmscore", k_read},
    {"zrank", k_read},
    {"zrevrank", k_read},
    {"zcard", k_read},
    {"zcount", k_read},
    {"zlexcount", k_read},
    {"zscan", k_read},
    {"xrange", k_read},
    {"xrevrange", k_read},
    {"xlen", k_read},
    {"pfcount", k_read_all},
    {"geopos", k_read},
    {"geodist", k_read},
    {"geohash", k_read},
    {"geosearch", k_read},
    {"json.get", k_read},

    {"incr", k_change},
    {"incrby", k_change},
    {"incrbyfloat", k_change},
    {"decr", k_change},
    {"decrby", k_change},
    {"append", k_change},
    {"setrange", k_change},
    {"setbit", k_change},
    {"hsetnx", k_change},
    {"hincrby", k_change},
    {"hincrbyfloat", k_change},
    {"hdel", k_change},
    {"lpush", k_change},
    {"rpush", k_change},
    {"lpushx", k_change},
    {"rpushx", k_change},
    {"lpop", k_change},
    {"rpop", k_change},
    {"lset", k_change},
    {"lrem", k_change},
    {"ltrim", k_change},
    {"linsert", k_change},
    {"sadd", k_change},
    {"srem", k_change},
    {"spop", k_change},
    {"zadd", k_change},
    {"zrem", k_change},
    {"zincrby", k_change},
    {"zpopmin", k_change},
    {"zpopmax", k_change},
    {"zremrangebyscore", k_change},
    {"zremrangebyrank", k_change},
    {"zremrangebylex", k_change},
    {"xadd", k_change},
    {"xtrim", k_change},
    {"xdel", k_change},
    {"pfadd", k_change},
    {"geoadd", k_change},
};

constexpr std::size_t k_longest_name = 16;

/// A name in lower case, in two words: comparing is two compares, and hashing one product.
struct FoldedName {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  constexpr bool operator==(const FoldedName&) const = default;
};

constexpr FoldedName fold(std::string_view name) {
  FoldedName folded;
  for (std::size_t at = 0; at < name.size(); ++at) {
    auto& word = at < 8 ? folded.low : folded.high;
    word |= std::uint64_t{static_cast<unsigned char>(name[at])} << (8 * (at % 8));
  }
  // What is a letter in upper case lacks this bit; letters in lower case, digits and the dot have
  // it. Nothing else is in a name of ours.
  constexpr std::uint64_t k_lower = 0x2020202020202020ULL;
  folded.low |= k_lower;
  folded.high |= k_lower;
  return folded;
}

/// The same of a name of up to eight bytes, read in at most two pieces.
FoldedName fold_short(std::string_view name) {
  const auto piece = [&](std::size_t from, auto number) {
    std::memcpy(&number, name.data() + from, sizeof number);
    return std::uint64_t{number};
  };
  const auto size = name.size();
  std::uint64_t low = 0;
  if (size >= 4) {
    low = piece(0, std::uint32_t{}) | piece(size - 4, std::uint32_t{}) << (8 * (size - 4));
  } else if (size == 3) {
    low = piece(0, std::uint16_t{}) | piece(2, std::uint8_t{}) << 16U;
  } else {
    return fold(name);
  }
  constexpr std::uint64_t k_lower = 0x2020202020202020ULL;
  return {low | k_lower, k_lower};
}

constexpr std::size_t k_slots = 512;

constexpr std::size_t slot_of(const FoldedName& name) {
  const std::uint64_t mixed =
      (name.low ^ (name.high * 0x9e3779b97f4a7c15ULL)) * 0xd6e8feb86659fd93ULL;
  return static_cast<std::size_t>(mixed >> 55U);
}
static_assert(k_slots == std::size_t{1} << 9U, "slot_of() takes the upper nine bits");

struct Slot {
  FoldedName name;
  std::uint8_t entry = 0;  ///< from 1 on; 0: free
};

constexpr std::array<Slot, k_slots> make_slots() {
  std::array<Slot, k_slots> slots{};
  std::uint8_t number = 0;
  for (const auto& entry : k_entries) {
    const auto name = fold(entry.name);
    auto at = slot_of(name);
    while (slots[at].entry != 0) at = (at + 1) % k_slots;
    slots[at] = {name, ++number};
  }
  return slots;
}

constexpr auto k_table = make_slots();
static_assert(std::size(k_entries) < 255);

}  // namespace

std::optional<CommandShape> shape_of(std::string_view name) {
  if (name.empty() || name.size() > k_longest_name) return std::nullopt;
  const bool is_short = std::endian::native == std::endian::little && name.size() <= 8;
  const auto folded = is_short ? fold_short(name) : fold(name);
  for (auto at = slot_of(folded); k_table[at].entry != 0; at = (at + 1) % k_slots) {
    if (k_table[at].name == folded) return k_entries[k_table[at].entry - 1U].shape;
  }
  return std::nullopt;
}

}  // namespace rcache::trace
