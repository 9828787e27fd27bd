// `rcache audit-ttl` against what the server alone needs, and the ways in which people look for
// keys without TTL today.

#include <fmt/format.h>

#include "bench_distance.h"
#include "bench_ioredis.h"
#include "bench_keyspace.h"
#include "bench_tables.h"

namespace rcache::bench {
namespace {

constexpr int k_rounds = 5;
constexpr const char* k_count = "500";

/// The whole audit, with every group; one key in ten has no TTL, which here is allowed.
Words audit_words(const std::string& rcache_program, const Words& where) {
  Words words{rcache_program, "audit-ttl",     "*",   "--count", k_count, "-o",
              "json",         "--max-missing", "100%"};
  words.insert(words.end(), where.begin(), where.end());
  return words;
}

void peers(const std::string& rcache_program, Keyspace& keyspace) {
  const auto socket = keyspace.server().socket_path();
  fmt::print(
      "Audit of {} keys, one in ten without TTL, unix socket, medians of {}; goals: at most 1.8 "
      "times the bare SCAN (its ratio at least 0.56), the peers 3 times slower (3.00), 32 MiB\n\n",
      with_commas(keyspace.keys()), k_rounds);
  std::vector<Contender> contenders = {
      {fmt::format("a bare SCAN pass, COUNT {}", k_count),
       {self(), "walk", "bare", socket, k_count}},
      {"redis-cli --bigkeys", {"redis-cli", "-s", socket, "--bigkeys"}}};
  if (const auto& peer = ioredis(); peer.missing.empty()) {
    contenders.push_back({"ioredis, SCAN 100 and a pipeline of TTL",
                          {"node", std::string(RCACHE_BENCH_SCRIPTS) + "/bench-ioredis.mjs",
                           peer.folder, socket, "audit", "*"}});
  } else {
    fmt::print("ioredis is left out: {}\n\n", peer.missing);
  }
  contenders.push_back({"rcache audit-ttl", audit_words(rcache_program, {"-s", socket})});
  compare(std::move(contenders), k_rounds);
}

void distance(const std::string& rcache_program, Keyspace& keyspace) {
  const Distance far(keyspace.server(), k_one_way);
  const auto at = [&](const std::string& port) {
    return audit_words(rcache_program, {"-h", "127.0.0.1", "-p", port});
  };
  fmt::print("The same over TCP, from a distance (goal: at most 1.5 times)\n\n");
  compare(
      {{fmt::format("rcache audit-ttl, round trip {:.2f} ms", far.round_trip_ms()), at(far.port())},
       {"rcache audit-ttl, loopback", at(keyspace.port())}},
      k_rounds);
}

}  // namespace

void audit_table(const std::string& rcache_program) {
  Keyspace keyspace(default_keys());
  peers(rcache_program, keyspace);
  distance(rcache_program, keyspace);
}

}  // namespace rcache::bench
