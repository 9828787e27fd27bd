#include "commands/stats/sum.h"

#include <algorithm>
#include <map>

namespace rcache::stats {
namespace {

std::int64_t add_up(std::int64_t a, std::int64_t b) {
  std::int64_t out = 0;
  return __builtin_add_overflow(a, b, &out) ? INT64_MAX : out;
}

/// The one word that all say, else "mixed".
void merge_word(std::string& into, const std::string& other) {
  if (into != other) into = "mixed";
}

template <typename Number>
std::optional<Number> larger(std::optional<Number> a, std::optional<Number> b) {
  if (!a || !b) return a ? a : b;
  return std::max(*a, *b);
}

std::optional<double> ratio(std::optional<std::int64_t> part, std::optional<std::int64_t> whole) {
  if (!part || !whole || *whole == 0) return std::nullopt;
  return static_cast<double>(*part) / static_cast<double>(*whole);
}

void merge(Server& into, const Server& other) {
  merge_word(into.flavor, other.flavor);
  merge_word(into.version, other.version);
  merge_word(into.mode, other.mode);
  merge_word(into.role, other.role);
  into.nodes += other.nodes;
  into.uptime_seconds = into.uptime_seconds && other.uptime_seconds
                            ? std::min(into.uptime_seconds, other.uptime_seconds)
                            : std::nullopt;
}

void merge(Memory& into, const Memory& other) {
  into.used_bytes = add(into.used_bytes, other.used_bytes);
  into.peak_bytes = add(into.peak_bytes, other.peak_bytes);
  into.rss_bytes = add(into.rss_bytes, other.rss_bytes);
  into.max_bytes = add(into.max_bytes, other.max_bytes);
  into.max_is_known = into.max_is_known && other.max_is_known;
  into.used_ratio = ratio(into.used_bytes, into.max_bytes);
  into.fragmentation_ratio = ratio(into.rss_bytes, into.used_bytes);
  merge_word(into.policy, other.policy);
}

void merge(Database& into, const Database& other) {
  // Weighted by the keys that have a TTL; a node that has estimated nothing yet has no voice.
  const double here = into.avg_ttl_seconds ? static_cast<double>(into.with_ttl) : 0;
  const double there = other.avg_ttl_seconds ? static_cast<double>(other.with_ttl) : 0;
  if (here + there > 0) {
    into.avg_ttl_seconds =
        (here * into.avg_ttl_seconds.value_or(0) + there * other.avg_ttl_seconds.value_or(0)) /
        (here + there);
  }
  into.keys = add_up(into.keys, other.keys);
  into.with_ttl = add_up(into.with_ttl, other.with_ttl);
  into.without_ttl = add_up(into.without_ttl, other.without_ttl);
}

void merge(CommandTime& into, const CommandTime& other) {
  into.calls = add_up(into.calls, other.calls);
  into.usec = add_up(into.usec, other.usec);
  into.usec_per_call = static_cast<double>(into.usec) / static_cast<double>(into.calls);
  into.p50_usec = larger(into.p50_usec, other.p50_usec);
  into.p99_usec = larger(into.p99_usec, other.p99_usec);
  into.p999_usec = larger(into.p999_usec, other.p999_usec);
}

/// Joins two lists whose items are told apart by `id`.
template <typename Item, typename Id>
void merge_by(std::vector<Item>& into, const std::vector<Item>& other, Id Item::*id) {
  std::map<Id, std::size_t> place;
  for (std::size_t index = 0; index < into.size(); ++index) place.emplace(into[index].*id, index);
  for (const auto& item : other) {
    const auto [found, is_new] = place.emplace(item.*id, into.size());
    if (is_new) {
      into.push_back(item);
    } else {
      merge(into[found->second], item);
    }
  }
}

void merge(Facts& into, const Facts& other) {
  merge(into.server, other.server);
  into.hits = add(into.hits, other.hits);
  into.misses = add(into.misses, other.misses);
  into.hit_ratio = hit_ratio_of(into.hits, into.misses);
  into.evicted_keys = add(into.evicted_keys, other.evicted_keys);
  into.expired_keys = add(into.expired_keys, other.expired_keys);
  into.rejected_connections = add(into.rejected_connections, other.rejected_connections);
  into.commands_processed = add(into.commands_processed, other.commands_processed);
  into.ops_per_second = add(into.ops_per_second, other.ops_per_second);
  merge(into.memory, other.memory);
  into.clients.connected = add(into.clients.connected, other.clients.connected);
  into.clients.blocked = add(into.clients.blocked, other.clients.blocked);
  into.clients.max = add(into.clients.max, other.clients.max);
  into.keys.total = add(into.keys.total, other.keys.total);
  into.keys.with_ttl = add(into.keys.with_ttl, other.keys.with_ttl);
  into.keys.without_ttl = add(into.keys.without_ttl, other.keys.without_ttl);
  merge_by(into.databases, other.databases, &Database::db);
  merge_by(into.commands, other.commands, &CommandTime::name);
}

}  // namespace

std::optional<std::int64_t> add(std::optional<std::int64_t> a, std::optional<std::int64_t> b) {
  if (!a || !b) return std::nullopt;
  return add_up(*a, *b);
}

std::optional<double> add(std::optional<double> a, std::optional<double> b) {
  if (!a || !b) return std::nullopt;
  return *a + *b;
}

Facts sum_of(const std::vector<NodeStats>& nodes) {
  Facts out;
  out.server.nodes = 0;
  for (std::size_t index = 0; index < nodes.size(); ++index) {
    if (index == 0) {
      out = nodes[index].facts;
    } else {
      merge(out, nodes[index].facts);
    }
  }
  std::sort(out.databases.begin(), out.databases.end(),
            [](const Database& a, const Database& b) { return a.db < b.db; });
  rank_commands(out.commands);
  return out;
}

}  // namespace rcache::stats
