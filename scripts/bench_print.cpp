// What the tables of scripts/bench look like.

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "bench.h"
#include "support/temp_dir.h"

namespace rcache::bench {
namespace {

std::vector<double> walls(const Contender& contender) {
  std::vector<double> result;
  for (const auto& cost : contender.costs) result.push_back(cost.wall_seconds);
  return result;
}

/// The rest of the first line of a file that begins with `start`, without what separates the two.
std::string line_after(const std::string& path, const std::string& start) {
  const std::string text = "\n" + test::read_file(path);
  const auto found = text.find("\n" + start);
  if (found == std::string::npos) return "unknown";
  const auto from = text.find_first_not_of("\t :=\"", found + 1 + start.size());
  return text.substr(from, text.find_first_of("\"\n", from) - from);
}

}  // namespace

void compare(std::vector<Contender> contenders, int rounds) {
  for (int round = -1; round < rounds; ++round) {
    for (auto& contender : contenders) {
      const auto outcome = run_process(contender.words);
      if (!outcome.failure.empty())
        throw test::Failure(contender.name + " failed: " + outcome.failure);
      if (round >= 0) contender.costs.push_back(outcome.cost);
    }
  }
  Table table({"", "median wall", "ratio", "peak RSS"});
  for (const auto& contender : contenders) {
    double peak = 0;
    for (const auto& cost : contender.costs) peak = std::max(peak, cost.peak_mebibytes);
    table.add({contender.name, fmt::format("{:.1f} ms", median(walls(contender)) * 1000),
               fmt::format("{:.2f}", median_ratio(walls(contender), walls(contenders.back()))),
               fmt::format("{:.1f} MiB", peak)});
  }
  table.print();
}

void Table::print() const {
  const std::size_t columns = rows_[0].size();
  std::vector<std::size_t> widths(columns, 3);
  for (const auto& row : rows_) {
    widths[0] = std::max(widths[0], row[0].size());
    if (row.size() < columns) continue;  // it says why there are no figures, as long as it likes
    for (std::size_t i = 1; i < columns; ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  const auto print_row = [&](const Words& row) {
    fmt::print("| {:<{}} |", row[0], widths[0]);
    for (std::size_t i = 1; i < row.size(); ++i) fmt::print(" {:>{}} |", row[i], widths[i]);
    for (std::size_t i = row.size(); i < columns; ++i) fmt::print(" |");
    fmt::print("\n");
  };
  print_row(rows_[0]);
  fmt::print("|{:-<{}}|", "", widths[0] + 2);
  for (std::size_t i = 1; i < columns; ++i) fmt::print("{:->{}}|", ":", widths[i] + 2);
  fmt::print("\n");
  for (std::size_t i = 1; i < rows_.size(); ++i) print_row(rows_[i]);
  fmt::print("\n");
  std::fflush(stdout);
}

void progress(const std::string& what) {
  fmt::print(stderr, "  {}\n", what);
}

std::string with_commas(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, ",");
  return digits;
}

void print_machine(const std::string& rcache_program) {
  double load[1] = {0};
  ::getloadavg(load, 1);  // the times say little when others keep the cores busy
  const auto server = first_line_of({test::find_server("redis").value_or(""), "--version"});
  fmt::print(
      "{} cores ({}), {}; load average {:.1f} at the start; nothing is pinned to a core.\n{}, {}.\n"
      "Times on a shared machine drift: compare the rows of one table, quote the ratios.\n\n",
      std::thread::hardware_concurrency(), line_after("/proc/cpuinfo", "model name"),
      line_after("/etc/os-release", "PRETTY_NAME"), load[0],
      first_line_of({rcache_program, "--version"}), server.substr(0, server.find(" sha=")));
}

}  // namespace rcache::bench
