// `rcache stats` against `redis-cli INFO everything`.

#include <fmt/format.h>

#include "bench_keyspace.h"
#include "bench_tables.h"

namespace rcache::bench {

void stats_table(const std::string& rcache_program) {
  constexpr int k_rounds = 200;
  test::Server server;
  fill(server, 1000);
  const auto socket = server.socket_path();
  fmt::print(
      "`rcache stats -o json` against `redis-cli INFO everything`, whole processes, unix socket, "
      "{} rounds\n\n",
      k_rounds);
  compare({{"rcache stats -o json", {rcache_program, "stats", "-o", "json", "-s", socket}},
           {"redis-cli INFO everything", {"redis-cli", "-s", socket, "INFO", "everything"}}},
          k_rounds);
}

}  // namespace rcache::bench
