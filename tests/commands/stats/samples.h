#pragma once

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "commands/stats/report.h"

namespace rcache::stats {

/// INFO of a redis 7.0.15 with the fields that stats reads and some that look like them.
inline constexpr std::string_view k_info =
    "# "
    "Server\r\nredis_version:7.0.15\r\nredis_mode:standalone\r\nserver_time_usec:"
    "1795230000000000\r\n"
    "uptime_in_seconds:1000\r\nuptime_in_days:0\r\n"
    "# Clients\r\nconnected_clients:12\r\nmaxclients:10000\r\nblocked_clients:1\r\n"
    "# Memory\r\nused_memory:1048576\r\nused_memory_human:1.00M\r\nused_memory_rss:2097152\r\n"
    "used_memory_peak:1572864\r\nused_memory_peak_perc:66.67%\r\nmaxmemory:2097152\r\n"
    "maxmemory_policy:allkeys-lru\r\nmem_fragmentation_ratio:2.05\r\n"
    "# Stats\r\ntotal_commands_processed:5000\r\ninstantaneous_ops_per_sec:42\r\n"
    "rejected_connections:0\r\nexpired_keys:200\r\nexpired_stale_perc:0.00\r\nevicted_keys:0\r\n"
    "keyspace_hits:900\r\nkeyspace_misses:100\r\n"
    "# Commandstats\r\n"
    "cmdstat_get:calls=1000,usec=2000,usec_per_call=2.00,rejected_calls=0,failed_calls=0\r\n"
    "cmdstat_client|setname:calls=2,usec=6,usec_per_call=3.00,rejected_calls=0,failed_calls=0\r\n"
    "cmdstat_set:calls=500,usec=6000,usec_per_call=12.00,rejected_calls=0,failed_calls=0\r\n"
    "cmdstat_flushall:calls=0,usec=0,usec_per_call=0.00,rejected_calls=1,failed_calls=0\r\n"
    "# Latencystats\r\n"
    "latency_percentiles_usec_get:p50=1.003,p99=4.015,p99.9=15.039\r\n"
    "# Keyspace\r\n"
    "db10:keys=5,expires=5,avg_ttl=0\r\n"
    "db0:keys=100,expires=90,avg_ttl=60000,subexpiry=0\r\n";

/// `k_info` with other words in some places: {"used_memory:1048576", "used_memory:7"}.
inline std::string info_with(
    std::initializer_list<std::pair<std::string_view, std::string_view>> changes) {
  std::string out(k_info);
  for (const auto& [from, to] : changes) {
    const auto at = out.find("\n" + std::string(from));
    REQUIRE(at != std::string::npos);
    out.replace(at + 1, from.size(), to);
  }
  return out;
}

inline NodeStats node(std::string_view info = k_info, std::string address = "127.0.0.1:6379",
                      std::string run_id = "run-a") {
  NodeSample sample{std::move(address), "redis",           "7.0.15", "standalone",
                    "master",           std::move(run_id), 0,        Info(info)};
  auto stats = read_node(sample);
  REQUIRE(stats);
  return std::move(*stats);
}

/// The same server some time later.
inline NodeStats later(std::initializer_list<std::pair<std::string_view, std::string_view>> changes,
                       std::string address = "127.0.0.1:6379", std::string run_id = "run-a") {
  auto info = info_with(changes);
  const std::string_view before = "server_time_usec:1795230000000000";
  info.replace(info.find(before), before.size(), "server_time_usec:1795230005000000");
  return node(info, std::move(address), std::move(run_id));
}

}  // namespace rcache::stats
