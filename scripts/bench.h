#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "support/server.h"

// What all tables of scripts/bench share: measuring a whole process, medians, printing.
namespace rcache::bench {

using Words = std::vector<std::string>;

/// What one whole process took, with all processes that it started and waited for.
struct Cost {
  double wall_seconds = 0;
  double cpu_seconds = 0;     ///< user and system
  double peak_mebibytes = 0;  ///< of the largest of them
};

struct Outcome {
  Cost cost;
  std::string failure;  ///< why it did not end with exit code 0, on one line; empty when it did
};

/// Runs a program to its end, its stdout thrown away.
///
/// It is started by a fresh copy of this program (`measure_process`), because Linux counts the
/// memory of the process that starts another into that one's peak.
Outcome run_process(const Words& words);

/// The fresh copy: runs the program, writes its cost to stdout and returns its exit code.
int measure_process(const Words& words);

/// The path of this program, to run itself in another mode.
std::string self();

/// CPU time that a server has used so far, user and system, all its threads.
double server_cpu_seconds(test::Server& server);

/// The upper one of two in the middle.
///
/// In:      at least one value.
double median(std::vector<double> values);

/// A median of the ratios a[i] / b[i]: of each run to the one beside it, so that a machine that
/// drifts does not count.
double median_ratio(const std::vector<double>& a, const std::vector<double>& b);

/// One of the programs that a table compares.
struct Contender {
  std::string name;
  Words words;
  std::vector<Cost> costs = {};
};

/// Runs all in turn, `rounds` times after one round that does not count, and prints a table. The
/// last contender is the measure.
///
/// Errors:  Failure when one of them fails.
void compare(std::vector<Contender> contenders, int rounds);

/// A Markdown table, its columns aligned.
class Table {
 public:
  explicit Table(Words headings) : rows_{std::move(headings)} {}

  /// Cells that are missing at the end stay empty.
  void add(Words cells) { rows_.push_back(std::move(cells)); }
  void print() const;

 private:
  std::vector<Words> rows_;
};

/// Says on stderr what is being measured, since a table can take minutes.
void progress(const std::string& what);

/// "1,000,000".
std::string with_commas(std::uint64_t number);

/// The first line that a program writes, or empty when it cannot be run: for its `--version`.
std::string first_line_of(const Words& words);

/// Prints what the times depend on: the machine, and the versions of rcache and the server.
void print_machine(const std::string& rcache_program);

}  // namespace rcache::bench
