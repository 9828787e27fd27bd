// The program behind scripts/bench: starts private servers, runs rcache and its peers as whole
// processes in turn, and prints what they took.

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <utility>

#include "bench.h"
#include "bench_tables.h"

namespace {

using namespace rcache::bench;

/// A table that cannot be made says so; the others are printed all the same.
bool print_table(const std::string& name, const std::function<void()>& table) {
  progress(name);
  try {
    table();
    return true;
  } catch (const std::exception& error) {
    fmt::print("The table '{}' could not be made: {}\n\n", name, error.what());
    return false;
  }
}

int tables(const Words& words) {
  // Its processes run in folders of their own.
  const std::string program = std::filesystem::absolute(words.at(0)).string();
  const std::vector<std::pair<std::string, std::function<void()>>> all = {
      {"stats", [&] { stats_table(program); }},
      {"scan", [] { scan_table(); }},
      {"audit", [&] { audit_table(program); }},
      {"invalidate", [&] { invalidate_table(program); }},
      {"invalidate-all", [&] { invalidate_all_table(program); }},
      {"distance", [&] { distance_table(program); }},
      {"bystanders", [&] { bystanders_table(program); }},
      {"backup", [&] { backup_table(program); }},
      {"stampede", [] { stampede_table(); }},
      {"trace", [&] { trace_table(program); }},
      {"tags", [&] { tags_table(program); }},
  };
  const Words wanted(words.begin() + 1, words.end());
  for (const auto& name : wanted) {
    if (std::none_of(all.begin(), all.end(), [&](const auto& one) { return one.first == name; })) {
      fmt::print(stderr, "rcache_bench: there is no table '{}'\n", name);
      return 2;
    }
  }
  print_machine(program);
  bool whole = true;
  for (const auto& [name, table] : all) {
    const bool is_wanted =
        wanted.empty() || std::find(wanted.begin(), wanted.end(), name) != wanted.end();
    if (is_wanted) whole = print_table(name, table) && whole;
  }
  return whole ? 0 : 1;
}

}  // namespace

int main(int count, char** words) {
  const Words arguments(words + 1, words + count);
  const std::string mode = arguments.empty() ? "" : arguments[0];
  const Words rest(arguments.begin() + (arguments.empty() ? 0 : 1), arguments.end());
  try {
    if (mode == "tables" && !rest.empty()) return tables(rest);
    if (mode == "measure" && !rest.empty()) return measure_process(rest);
    if (mode == "walk" && rest.size() == 3) return walk(rest);
    if (mode == "members" && rest.size() == 1) return walk_members(rest);
  } catch (const std::exception& error) {
    fmt::print(stderr, "rcache_bench: {}\n", error.what());
    return 1;
  }
  fmt::print(stderr, "usage: rcache_bench tables RCACHE [TABLE...]\n");
  return 2;
}
