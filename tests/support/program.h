#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/child.h"
#include "support/deadline.h"
#include "support/file_handle.h"
#include "support/temp_dir.h"

namespace rcache::test {

/// What stands behind one of the three streams of a program.
enum class Stream {
  pipe,      ///< stdin: `input`, then its end; stdout and stderr: captured
  null,      ///< /dev/null
  full,      ///< /dev/full: every write fails with ENOSPC
  closed,    ///< no open file at all
  terminal,  ///< the pseudo terminal
};

/// Whether stdin stays open once `input` has been read.
enum class InputEnd { closed, held_open };

struct ProgramOptions {
  std::vector<std::string> argv = {};
  /// NAME=value to set, or NAME to leave out. What there is besides: PATH, LANG=C.UTF-8, HOME and
  /// TMPDIR (empty folders of its own), TERM on a terminal, and the options of sanitizers.
  std::vector<std::string> environment = {};
  std::string directory = {};  ///< to run in; empty: HOME
  std::string home = {};       ///< empty: a new one
  std::string input = {};
  InputEnd input_end = InputEnd::closed;
  Stream in = Stream::pipe;
  Stream out = Stream::pipe;
  Stream err = Stream::pipe;
  /// The reader of stdout goes away after so many bytes, as `| head` does.
  std::optional<std::size_t> reader_leaves_after = {};
  unsigned short columns = 80;
  unsigned short rows = 24;
  std::chrono::milliseconds deadline = k_patience;
};

struct ProgramResult {
  int exit_code = -1;  ///< -1 when a signal ended it
  int signal = 0;      ///< the signal that ended it, or 0
  std::string out;
  std::string err;
  std::string screen;  ///< all that was written to the terminal; lines end in "\r\n" there
  std::chrono::milliseconds wall_time{0};
  /// Never below the memory of the test program itself when it started this one (Linux counts it
  /// in).
  std::size_t max_rss_bytes = 0;
  /// Names of processes that it started and that outlived it by seconds. They have been killed.
  std::vector<std::string> left_behind;

  /// All of it, for INFO() and CAPTURE().
  [[nodiscard]] std::string describe() const;
};

/// A program that is running. It ends with this object.
///
/// Its output is read while one of these functions waits: between them it can write one pipe full
/// (64 KiB) before it has to wait for us.
/// Errors:  each function throws Failure when the deadline passes, with all that the program
///          wrote, after killing it and all processes of its session.
class Program {
 public:
  explicit Program(ProgramOptions options);

  [[nodiscard]] pid_t pid() const { return child_->pid(); }
  /// The folders that it sees as HOME and TMPDIR.
  [[nodiscard]] std::string home() const { return home_; }
  [[nodiscard]] std::string temporary() const { return folder_.file("tmp"); }

  void signal(int number) { child_->signal(number); }
  /// Types on the terminal, or writes to a stdin that is held open.
  void type(std::string_view text);
  /// Ends a stdin that was held open.
  void close_input();
  /// Changes the size of the terminal; the program gets SIGWINCH.
  void resize(unsigned short columns, unsigned short rows);

  /// Waits until the text has appeared in all that was written there since the start.
  void wait_for_out(std::string_view text) { wait_for(text, result_.out, "stdout"); }
  void wait_for_err(std::string_view text) { wait_for(text, result_.err, "stderr"); }
  void wait_for_screen(std::string_view text) { wait_for(text, result_.screen, "the terminal"); }

  /// What has been written so far.
  const ProgramResult& so_far();

  /// Whether it has not ended yet.
  bool running();

  /// Waits for its end.
  const ProgramResult& wait();

 private:
  void wait_for(std::string_view text, const std::string& where, const std::string& name);
  void pump(std::chrono::milliseconds limit);
  bool read_some(FileHandle& from, std::string& to, std::size_t limit);
  void finish(const ChildEnd& end);
  [[noreturn]] void give_up(const std::string& what);

  ProgramOptions options_;
  TempDir folder_;
  std::string home_;
  ProgramResult result_;
  std::string to_write_;
  bool input_ended_ = false;
  FileHandle in_;
  FileHandle out_;
  FileHandle err_;
  FileHandle terminal_;
  std::chrono::steady_clock::time_point start_;
  Deadline deadline_;
  std::optional<Child> child_;
  bool ended_ = false;
};

/// Runs a program to its end.
///
/// Errors:  Failure when it is still running at the deadline (it is killed), with what it wrote.
ProgramResult run(ProgramOptions options);

/// The same with stdin, stdout and stderr on a terminal.
ProgramOptions on_terminal(ProgramOptions options, unsigned short columns = 80,
                           unsigned short rows = 24);

#ifdef RCACHE_PROGRAM
/// The path of the rcache that was built; the environment's RCACHE_PROGRAM wins. There is none in
/// a test that CMake did not give one: rcache_test_uses_program(TARGET).
inline std::string rcache_program() {
  const char* other = std::getenv("RCACHE_PROGRAM");
  return other != nullptr ? other : RCACHE_PROGRAM;
}

/// Options for a run of rcache with these arguments.
inline ProgramOptions rcache_with(std::vector<std::string> arguments,
                                  std::vector<std::string> environment = {}) {
  ProgramOptions options;
  options.argv = std::move(arguments);
  options.argv.insert(options.argv.begin(), rcache_program());
  options.environment = std::move(environment);
  return options;
}

/// Runs rcache to its end.
inline ProgramResult run_rcache(std::vector<std::string> arguments,
                                std::vector<std::string> environment = {}) {
  return run(rcache_with(std::move(arguments), std::move(environment)));
}
#endif

}  // namespace rcache::test
