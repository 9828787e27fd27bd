// `rcache invalidate` against the ways in which people remove keys by pattern today.

#include <fmt/format.h>

#include "bench_removers.h"
#include "bench_tables.h"

namespace rcache::bench {
namespace {

constexpr int k_rounds = 3;

/// How near rcache comes to what the server itself needs.
void print_floor(const Series& rcache) {
  if (!rcache.failure.empty()) return;
  fmt::print(
      "rcache: wall time / CPU time of the server meanwhile = {:.2f} (goal: at most 1.15)\n\n",
      median_ratio(rcache.walls(), rcache.server_cpus()));
}

void removal_table(const std::string& rcache_program, const std::string& pattern,
                   Keyspace& keyspace, std::uint64_t expected) {
  const auto port = keyspace.port();
  fmt::print("Removing {} of {} keys (`{}`), loopback TCP, all run in turn, medians of {}; {}\n\n",
             with_commas(expected), with_commas(keyspace.keys()), pattern, k_rounds,
             peer_versions());
  const auto all =
      run_in_turn(keyspace,
                  {rcache_remover(rcache_program, port, pattern), redis_cli_remover(port, pattern),
                   ioredis_loop_remover(port, pattern), ioredis_stream_remover(port, pattern)},
                  k_rounds);
  Table table({"", "wall s", "server CPU s", "client CPU s", "peak MiB", "ratio", "keys removed"});
  for (const auto& series : all) {
    if (!series.failure.empty()) {
      table.add(failure_row(series));
      continue;
    }
    table.add({series.remover.name, wall_cell(series), server_cpu_cell(series),
               client_cpu_cell(series), peak_cell(series), ratio_cell(series, all.front()),
               removed_cell(series, expected)});
  }
  table.print();
  print_floor(all.front());
}

}  // namespace

void invalidate_table(const std::string& rcache_program) {
  Keyspace keyspace(default_keys());
  removal_table(rcache_program, k_pattern, keyspace, keyspace.matching());
}

void invalidate_all_table(const std::string& rcache_program) {
  Keyspace keyspace(default_keys());
  removal_table(rcache_program, "*", keyspace, keyspace.keys());
}

}  // namespace rcache::bench
