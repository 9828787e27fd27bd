#include "bench_removers.h"

#include <fmt/format.h>

#include <algorithm>

#include "bench_ioredis.h"

namespace rcache::bench {
namespace {

Remover ioredis_remover(const std::string& name, const std::string& way, const std::string& port,
                        const std::string& pattern) {
  const auto& peer = ioredis();
  const std::string script = std::string(RCACHE_BENCH_SCRIPTS) + "/bench-ioredis.mjs";
  return {name, {"node", script, peer.folder, port, way, pattern}, peer.missing};
}

template <typename Of>
std::vector<double> each(const Series& series, Of of) {
  std::vector<double> values;
  for (const auto& run : series.runs) values.push_back(of(run));
  return values;
}

std::string seconds_cell(const std::vector<double>& values) {
  return fmt::format("{:.2f}", median(values));
}

}  // namespace

Remover rcache_remover(const std::string& rcache_program, const std::string& port,
                       const std::string& pattern, const Words& flags) {
  Remover remover{"rcache invalidate",
                  {rcache_program, "invalidate", pattern, "--yes", "-o", "json", "-h", "127.0.0.1",
                   "-p", port}};
  if (pattern == "*") remover.words.emplace_back("--all");
  for (const auto& flag : flags) {
    remover.words.push_back(flag);
    remover.name += " " + flag;
  }
  return remover;
}

Remover redis_cli_remover(const std::string& port, const std::string& pattern) {
  const std::string line =
      "redis-cli -p \"$0\" --scan --pattern \"$1\" |"
      " xargs -d '\\n' -n 1000 redis-cli -p \"$0\" unlink";
  return {"redis-cli --scan, xargs -n 1000 unlink", {"sh", "-c", line, port, pattern}};
}

Remover ioredis_loop_remover(const std::string& port, const std::string& pattern) {
  return ioredis_remover("ioredis loop SCAN 100, DEL ...keys", "loop", port, pattern);
}

Remover ioredis_stream_remover(const std::string& port, const std::string& pattern) {
  return ioredis_remover("ioredis scanStream, pipeline of DEL", "stream", port, pattern);
}

std::string peer_versions() {
  return first_line_of({"redis-cli", "--version"}) + ", " +
         (ioredis().missing.empty() ? ioredis().version : "no ioredis: " + ioredis().missing);
}

std::vector<double> Series::walls() const {
  return each(*this, [](const Removal& run) { return run.cost.wall_seconds; });
}

std::vector<double> Series::server_cpus() const {
  return each(*this, [](const Removal& run) { return run.server_cpu_seconds; });
}

void run_once(Series& series, test::Server& server) {
  if (!series.failure.empty()) return;
  if (!series.remover.missing.empty()) {
    series.failure = "skipped: " + series.remover.missing;
    return;
  }
  progress(series.remover.name);
  const auto keys = [&server] { return server.command({"DBSIZE"}).integer; };
  const auto keys_before = keys();
  const double cpu_before = server_cpu_seconds(server);
  const auto outcome = run_process(series.remover.words);
  if (!outcome.failure.empty()) {
    series.failure = "FAILED: " + outcome.failure;
    return;
  }
  series.runs.push_back({.cost = outcome.cost,
                         .server_cpu_seconds = server_cpu_seconds(server) - cpu_before,
                         .removed = static_cast<std::uint64_t>(keys_before - keys())});
}

std::vector<Series> run_in_turn(Keyspace& keyspace, const std::vector<Remover>& removers,
                                int rounds) {
  std::vector<Series> all;
  for (const auto& remover : removers) all.push_back({remover});
  for (int round = 0; round < rounds; ++round) {
    for (auto& series : all) {
      keyspace.reset();
      run_once(series, keyspace.server());
    }
  }
  return all;
}

std::string wall_cell(const Series& series) {
  return seconds_cell(series.walls());
}

std::string server_cpu_cell(const Series& series) {
  return seconds_cell(series.server_cpus());
}

std::string client_cpu_cell(const Series& series) {
  return seconds_cell(each(series, [](const Removal& run) { return run.cost.cpu_seconds; }));
}

std::string peak_cell(const Series& series) {
  const auto peaks = each(series, [](const Removal& run) { return run.cost.peak_mebibytes; });
  return fmt::format("{:.1f}", *std::max_element(peaks.begin(), peaks.end()));
}

std::string ratio_cell(const Series& series, const Series& measure) {
  if (!measure.failure.empty()) return "n/a";
  return fmt::format("{:.2f}", median_ratio(series.walls(), measure.walls()));
}

std::string removed_cell(const Series& series, std::uint64_t expected) {
  for (const auto& run : series.runs) {
    if (run.removed == expected) continue;
    return fmt::format("WRONG: {}, not {}", with_commas(run.removed), with_commas(expected));
  }
  return with_commas(expected);
}

Words failure_row(const Series& series) {
  return {series.remover.name, series.failure};
}

}  // namespace rcache::bench
