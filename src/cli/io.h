#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "cli/environment.h"
#include "commands/command.h"

namespace rcache::cli {

/// What the two file descriptors behind stdout and stderr are, and how they may be written on.
struct Terminal {
  int out = 1;
  int err = 2;
};

enum class ColorMode { automatic, always, never };

/// The only writer of the program.
class Io : public Output {
 public:
  Io(Terminal terminal, const Environment& environment);

  void set_color(ColorMode mode);
  void set_quiet(bool quiet) { quiet_ = quiet; }

  Look look() const override;
  Result<void> write(std::string_view text) override;
  bool pipe_closed() const override { return pipe_closed_; }
  void note(std::string_view line) override;
  void progress(std::string_view line) override;

  /// Text for the person at the terminal, as it is, on stderr; -q does not silence it.
  void show(std::string_view text);

  /// "rcache: message" and "hint: ..." on stderr.
  void print_error(const Error& error);

 private:
  void clear_progress();
  void write_err(std::string_view text);

  Terminal terminal_;
  Look look_;
  bool color_wish_ = true;  ///< what NO_COLOR, CLICOLOR_FORCE and TERM say
  bool color_forced_ = false;
  bool err_is_terminal_ = false;
  int columns_ = 0;  ///< the variable COLUMNS; 0 when it says nothing
  bool quiet_ = false;
  bool pipe_closed_ = false;
  bool progress_shown_ = false;
  std::chrono::steady_clock::time_point first_progress_{};
  std::chrono::steady_clock::time_point last_progress_{};
};

/// The exit codes of the program. Source: `rcache help exit-codes`.
enum ExitCode : int {
  k_exit_ok = 0,
  k_exit_findings = 1,
  k_exit_usage = 2,
  k_exit_no_server = 3,
  k_exit_incomplete = 4,
  k_exit_refused = 5,
  k_exit_bug = 70
};

int exit_code(Outcome outcome);
/// `signal` is the one that asked to stop, 0 when none did.
int exit_code(const Error& error, int signal);

}  // namespace rcache::cli
