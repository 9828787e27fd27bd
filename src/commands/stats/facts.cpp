#include "commands/stats/facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "commands/stats/sum.h"
#include "core/key.h"

namespace rcache::stats {
namespace {

/// A whole number that cannot be negative: a count, a size.
std::optional<std::int64_t> count(const Info& info, std::string_view field) {
  const auto value = info.integer(field);
  return value && *value >= 0 ? value : std::nullopt;
}

std::optional<double> quantity(const Info& info, std::string_view field) {
  const auto value = info.real(field);
  return value && *value >= 0 ? value : std::nullopt;
}

using Pairs = std::map<std::string_view, std::string_view>;

std::optional<std::int64_t> count(const Pairs& pairs, std::string_view name) {
  const auto found = pairs.find(name);
  const auto value = found == pairs.end() ? std::nullopt : parse_integer(found->second);
  return value && *value >= 0 ? value : std::nullopt;
}

std::optional<double> quantity(const Pairs& pairs, std::string_view name) {
  const auto found = pairs.find(name);
  const auto value = found == pairs.end() ? std::nullopt : parse_real(found->second);
  return value && *value >= 0 ? value : std::nullopt;
}

Memory read_memory(const Info& info) {
  Memory out;
  out.used_bytes = count(info, "used_memory");
  out.peak_bytes = count(info, "used_memory_peak");
  out.rss_bytes = count(info, "used_memory_rss");
  const auto max = count(info, "maxmemory");
  out.max_is_known = max.has_value();
  if (max && *max > 0) out.max_bytes = max;  // 0 is Redis' word for no limit
  if (out.used_bytes && out.max_bytes) {
    out.used_ratio = static_cast<double>(*out.used_bytes) / static_cast<double>(*out.max_bytes);
  }
  out.fragmentation_ratio = quantity(info, "mem_fragmentation_ratio");
  out.policy = std::string(info.text("maxmemory_policy").value_or(""));
  return out;
}

std::vector<Database> read_databases(const Info& info) {
  std::vector<Database> out;
  for (const auto& [number, value] : info.with_prefix("db")) {
    const auto db = parse_integer(number);
    const auto pairs = parse_info_pairs(value);
    const auto keys = count(pairs, "keys");
    const auto expires = count(pairs, "expires");
    if (!db || *db < 0 || !keys || !expires) continue;
    Database database{*db, *keys, *expires, std::max<std::int64_t>(*keys - *expires, 0), {}};
    // The server estimates it while it looks for expired keys: 0 means that it has not yet.
    const auto avg_ttl_ms = quantity(pairs, "avg_ttl");
    if (*expires > 0 && avg_ttl_ms && *avg_ttl_ms > 0) {
      database.avg_ttl_seconds = *avg_ttl_ms / 1000;
    }
    out.push_back(database);
  }
  // As text, 10 comes before 2.
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.db < b.db; });
  return out;
}

Keys total_keys(const std::vector<Database>& databases) {
  Keys out{0, 0, 0};
  for (const auto& database : databases) {
    out.total = add(out.total, database.keys);
    out.with_ttl = add(out.with_ttl, database.with_ttl);
    out.without_ttl = add(out.without_ttl, database.without_ttl);
  }
  return out;
}

std::vector<CommandTime> read_commands(const Info& info) {
  std::map<std::string_view, Pairs> latencies;
  for (const auto& [name, value] : info.with_prefix("latency_percentiles_usec_")) {
    latencies.emplace(name, parse_info_pairs(value));
  }
  std::vector<CommandTime> out;
  for (const auto& [name, value] : info.with_prefix("cmdstat_")) {
    const auto pairs = parse_info_pairs(value);
    const auto calls = count(pairs, "calls");
    const auto usec = count(pairs, "usec");
    if (!calls || *calls == 0 || !usec) continue;  // never ran: only refused
    CommandTime command;
    command.name = std::string(name);
    command.calls = *calls;
    command.usec = *usec;
    command.usec_per_call = static_cast<double>(*usec) / static_cast<double>(*calls);
    if (const auto latency = latencies.find(name); latency != latencies.end()) {
      command.p50_usec = quantity(latency->second, "p50");
      command.p99_usec = quantity(latency->second, "p99");
      command.p999_usec = quantity(latency->second, "p99.9");
    }
    out.push_back(std::move(command));
  }
  rank_commands(out);
  return out;
}

}  // namespace

Result<NodeStats> read_node(const NodeSample& sample) {
  const auto& info = sample.info;
  if (info.empty()) {
    return fail(ErrorKind::protocol,
                fmt::format("INFO of {} holds no fields", printable(sample.address)));
  }
  NodeStats out;
  out.address = sample.address;
  out.run_id = sample.run_id;
  const auto server_time_usec = count(info, "server_time_usec");
  out.at_unix_ms = server_time_usec ? *server_time_usec / 1000 : sample.received_unix_ms;

  auto& facts = out.facts;
  facts.server = {
      sample.flavor, sample.version, sample.mode, sample.role, 1, count(info, "uptime_in_seconds")};
  facts.hits = count(info, "keyspace_hits");
  facts.misses = count(info, "keyspace_misses");
  facts.hit_ratio = hit_ratio_of(facts.hits, facts.misses);
  facts.evicted_keys = count(info, "evicted_keys");
  facts.expired_keys = count(info, "expired_keys");
  facts.rejected_connections = count(info, "rejected_connections");
  facts.commands_processed = count(info, "total_commands_processed");
  facts.ops_per_second = quantity(info, "instantaneous_ops_per_sec");
  facts.memory = read_memory(info);
  facts.clients = {count(info, "connected_clients"), count(info, "blocked_clients"),
                   count(info, "maxclients")};
  facts.databases = read_databases(info);
  // An empty keyspace has no line of its own: it is 0 only where the rest of INFO is there.
  if (!facts.databases.empty() || info.text("used_memory")) {
    facts.keys = total_keys(facts.databases);
  }
  facts.commands = read_commands(info);
  return out;
}

std::optional<double> hit_ratio_of(std::optional<std::int64_t> hits,
                                   std::optional<std::int64_t> misses) {
  if (!hits || !misses) return std::nullopt;
  const double reads = static_cast<double>(*hits) + static_cast<double>(*misses);
  if (reads == 0) return std::nullopt;
  return static_cast<double>(*hits) / reads;
}

void rank_commands(std::vector<CommandTime>& commands) {
  double all = 0;
  for (const auto& command : commands) all += static_cast<double>(command.usec);
  for (auto& command : commands) {
    command.time_ratio = all > 0 ? static_cast<double>(command.usec) / all : 0;
  }
  std::sort(commands.begin(), commands.end(), [](const CommandTime& a, const CommandTime& b) {
    return std::tie(b.usec, a.name) < std::tie(a.usec, b.name);
  });
}

}  // namespace rcache::stats
