#pragma once

#include <string>
#include <vector>

#include "bench.h"
#include "bench_keyspace.h"

// Ways to remove keys by pattern, and what a run of one of them took.
namespace rcache::bench {

/// One way to remove the keys of a pattern, as a whole process.
struct Remover {
  std::string name;
  Words words;
  std::string missing = {};  ///< why it cannot run here; empty when it can
};

/// `rcache invalidate PATTERN --yes -o json` with these flags besides. `port` is on 127.0.0.1.
Remover rcache_remover(const std::string& rcache_program, const std::string& port,
                       const std::string& pattern, const Words& flags = {});

/// redis-cli --scan piped to xargs: 1,000 keys to an UNLINK.
Remover redis_cli_remover(const std::string& port, const std::string& pattern);

/// A loop of SCAN COUNT 100 and DEL of what it brought, each awaited.
Remover ioredis_loop_remover(const std::string& port, const std::string& pattern);

/// ioredis' scanStream with its defaults and a pipeline of DEL for what each event brought.
Remover ioredis_stream_remover(const std::string& port, const std::string& pattern);

/// "redis-cli 7.0.15, ioredis 5.4.1 on node v20.1.0", for headings.
std::string peer_versions();

/// What one run of a remover took.
struct Removal {
  Cost cost;
  double server_cpu_seconds = 0;
  std::uint64_t removed = 0;  ///< by DBSIZE before and after
};

/// All runs of one remover.
struct Series {
  Remover remover;
  std::vector<Removal> runs = {};
  std::string failure = {};  ///< of the run that failed; it was the last

  [[nodiscard]] std::vector<double> walls() const;
  [[nodiscard]] std::vector<double> server_cpus() const;
};

/// One more run on what there is now, unless one failed before.
void run_once(Series& series, test::Server& server);

/// All in turn, `rounds` times, each time on all keys. One that fails is not run again.
std::vector<Series> run_in_turn(Keyspace& keyspace, const std::vector<Remover>& removers,
                                int rounds);

// Cells of a table: medians of the runs.
std::string wall_cell(const Series& series);
std::string server_cpu_cell(const Series& series);
std::string client_cpu_cell(const Series& series);
std::string peak_cell(const Series& series);
std::string ratio_cell(const Series& series, const Series& measure);

/// The number, and what it should have been if it was another.
std::string removed_cell(const Series& series, std::uint64_t expected);

/// The row of a remover without figures: why there are none.
Words failure_row(const Series& series);

}  // namespace rcache::bench
