// `rcache invalidate` and its peers when the server is far away.

#include <fmt/format.h>

#include "bench_distance.h"
#include "bench_removers.h"
#include "bench_tables.h"

namespace rcache::bench {
namespace {

constexpr int k_rounds = 3;

void rcache_at_distance(const std::string& rcache_program) {
  Keyspace keyspace(default_keys());
  const Distance near(keyspace.server(), std::chrono::milliseconds{0});
  const Distance far(keyspace.server(), k_one_way);
  fmt::print(
      "rcache invalidate, {} of {} keys, straight to the server and through a relay; loopback TCP, "
      "medians of {} (goal: at most 1.5 times at 20 ms)\n\n",
      with_commas(keyspace.matching()), with_commas(keyspace.keys()), k_rounds);
  const auto at = [&](const std::string& name, const std::string& port) {
    auto remover = rcache_remover(rcache_program, port, k_pattern);
    remover.name = name;
    return remover;
  };
  const auto all = run_in_turn(
      keyspace,
      {at("straight", keyspace.port()),
       at(fmt::format("relay, round trip {:.2f} ms", near.round_trip_ms()), near.port()),
       at(fmt::format("relay, round trip {:.2f} ms", far.round_trip_ms()), far.port())},
      k_rounds);
  Table table({"", "wall s", "ratio", "server CPU s", "client CPU s", "peak MiB", "keys removed"});
  for (const auto& series : all) {
    if (!series.failure.empty()) {
      table.add(failure_row(series));
      continue;
    }
    table.add({series.remover.name, wall_cell(series), ratio_cell(series, all.front()),
               server_cpu_cell(series), client_cpu_cell(series), peak_cell(series),
               removed_cell(series, keyspace.matching())});
  }
  table.print();
}

/// A peer asks for the next batch when the last one has come, so its time grows with the keys and
/// a sample says what a million would take.
void peers_at_distance(const std::string& rcache_program) {
  constexpr std::size_t k_sample = 20'000;
  Keyspace keyspace(k_sample);
  const Distance far(keyspace.server(), k_one_way);
  fmt::print(
      "The peers on a sample of {} keys, {} of them matching, round trip {:.2f} ms, one run each "
      "(1,000,000 keys would keep them for minutes); {}\n\n",
      with_commas(keyspace.keys()), with_commas(keyspace.matching()), far.round_trip_ms(),
      peer_versions());
  const auto port = far.port();
  const auto all = run_in_turn(
      keyspace,
      {rcache_remover(rcache_program, port, k_pattern), redis_cli_remover(port, k_pattern),
       ioredis_loop_remover(port, k_pattern), ioredis_stream_remover(port, k_pattern)},
      1);
  Table table({"", "wall s", "ratio", "peers: 50 times that", "keys removed"});
  for (const auto& series : all) {
    if (!series.failure.empty()) {
      table.add(failure_row(series));
      continue;
    }
    const bool is_peer = &series != &all.front();
    table.add({series.remover.name, wall_cell(series), ratio_cell(series, all.front()),
               is_peer ? fmt::format("{:.0f} s", series.walls().front() * 50) : "see above",
               removed_cell(series, keyspace.matching())});
  }
  table.print();
}

}  // namespace

Distance::Distance(const test::Server& server, std::chrono::milliseconds one_way)
    : relay_(server.address()) {
  for (const auto direction : {test::Direction::up, test::Direction::down})
    relay_.set(direction, {.delay = one_way});
}

double Distance::round_trip_ms() const {
  test::RawClient client(relay_.address());
  std::vector<double> times;
  for (int i = 0; i < 50; ++i) {
    const auto start = std::chrono::steady_clock::now();
    client.command({"PING"});
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
    times.push_back(took.count());
  }
  return median(times);
}

void distance_table(const std::string& rcache_program) {
  rcache_at_distance(rcache_program);
  peers_at_distance(rcache_program);
}

}  // namespace rcache::bench
