// What it costs to keep what is removed.

#include <fmt/format.h>

#include <filesystem>

#include "bench_removers.h"
#include "bench_tables.h"
#include "support/temp_dir.h"

namespace rcache::bench {
namespace {

constexpr int k_rounds = 3;

/// A variant, and the backup file that it writes; none when it writes none.
struct Variant {
  Series series;
  std::string file = {};
  double file_mebibytes = 0;
};

Variant variant(Remover remover, const std::string& name, const std::string& file) {
  remover.name = name;
  return {{std::move(remover)}, file};
}

void run_variant(Variant& of, Keyspace& keyspace) {
  keyspace.reset();
  run_once(of.series, keyspace.server());
  if (of.file.empty() || !of.series.failure.empty()) return;
  of.file_mebibytes = static_cast<double>(std::filesystem::file_size(of.file)) / (1 << 20);
  std::filesystem::remove(of.file);  // rcache writes new files only
}

}  // namespace

void backup_table(const std::string& rcache_program) {
  Keyspace keyspace(default_keys());
  const test::TempDir folder;
  const auto port = keyspace.port();
  const auto exact = folder.file("exact");
  const auto fast = folder.file("fast");
  const auto with = [&](const Words& flags) {
    return rcache_remover(rcache_program, port, k_pattern, flags);
  };
  std::vector<Variant> all;
  all.push_back(variant(with({}), "plain", ""));
  all.push_back(variant(with({"--backup", exact}), "--backup FILE", exact));
  all.push_back(variant(with({"--backup", fast, "--backup-mode", "fast"}),
                        "--backup FILE --backup-mode fast", fast));
  fmt::print(
      "rcache invalidate with and without a backup, {} of {} keys, loopback TCP, file in {}, "
      "medians of {} (goal: --backup at most 3 times plain)\n\n",
      with_commas(keyspace.matching()), with_commas(keyspace.keys()),
      std::filesystem::path(folder.path()).parent_path().parent_path().string(), k_rounds);
  for (int round = 0; round < k_rounds; ++round)
    for (auto& one : all) run_variant(one, keyspace);
  Table table({"", "wall s", "ratio", "server CPU s", "client CPU s", "peak MiB", "file MiB",
               "keys removed"});
  for (const auto& [series, file, file_mebibytes] : all) {
    if (!series.failure.empty()) {
      table.add(failure_row(series));
      continue;
    }
    table.add({series.remover.name, wall_cell(series), ratio_cell(series, all.front().series),
               server_cpu_cell(series), client_cpu_cell(series), peak_cell(series),
               file.empty() ? "" : fmt::format("{:.1f}", file_mebibytes),
               removed_cell(series, keyspace.matching())});
  }
  table.print();
}

}  // namespace rcache::bench
