#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "core/error.h"

namespace rcache::demo {

/// Whether there is a program to run for the first word of a command. Errors: usage.
Result<void> can_be_found(const std::string& name);

/// A command that runs in our terminal, in our process group, with our stdin, stdout and stderr.
///
/// Does not end it: whoever started it waits until `exit_code` knows.
class Child {
 public:
  /// In:      command, its words, at least one; environment, "NAME=value" each.
  ///          "rcache" that is not on PATH is this very program.
  /// Errors:  usage, when the command cannot be found or run.
  static Result<Child> start(const std::vector<std::string>& command,
                             std::vector<std::string> environment);

  /// Its exit code, 128 + the signal that ended it, or empty while it runs; never waits.
  std::optional<int> exit_code();

  /// Sends it a signal, unless it has ended.
  void signal(int number);

 private:
  explicit Child(pid_t process) : process_(process) {}

  pid_t process_;
  std::optional<int> exit_code_ = {};
};

/// The environment of a command that is to find the demo's server: RCACHE_URL says where, no
/// address or password is left over from another server, and a shell finds this program as `rcache` even if it
/// is not installed.
std::vector<std::string> environment_for(const std::string& url);

/// Whether a Ctrl-C reaches our children as well, because we are what the terminal talks to.
bool owns_terminal();

}  // namespace rcache::demo
