#pragma once

#include <string>

#include "bench.h"

// The tables of scripts/bench. Each starts its own servers and ends them.
namespace rcache::bench {

/// `rcache stats` against `redis-cli INFO`: what a short command costs.
void stats_table(const std::string& rcache_program);

/// rcache's scan layer against a bare loop of hiredis.
void scan_table();

/// The two walks that the scan table runs as processes: {"layer" or "bare", SOCKET, COUNT}.
int walk(const Words& words);

/// `rcache audit-ttl` against a bare SCAN and its peers, and from a distance.
void audit_table(const std::string& rcache_program);

/// `rcache invalidate` and its peers: the keys of one pattern, a fifth of all; and all keys.
void invalidate_table(const std::string& rcache_program);
void invalidate_all_table(const std::string& rcache_program);

/// The same behind a round trip of 20 ms.
void distance_table(const std::string& rcache_program);

/// What others who use the server meanwhile notice of it.
void bystanders_table(const std::string& rcache_program);

/// How fast traces are read and replayed.
void trace_table(const std::string& rcache_program);

/// What `--backup` costs.
void backup_table(const std::string& rcache_program);

/// How fast `rcache stampede simulate` simulates. No server, no process: the library itself.
void stampede_table();

/// `rcache tags check` and `show` of one large tag against a bare SSCAN of it.
void tags_table(const std::string& rcache_program);

/// That SSCAN as a process: {SOCKET}.
int walk_members(const Words& words);

}  // namespace rcache::bench
