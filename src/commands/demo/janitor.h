#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "commands/demo/posix.h"
#include "core/error.h"

namespace rcache::demo {

/// What a janitor runs, and what it clears away.
struct Job {
  std::string program;                   ///< the file
  std::vector<std::string> arguments;    ///< the first is the program's name
  std::vector<std::string> environment;  ///< "NAME=value"
  std::string log;                       ///< a file in the folder that takes stdout and stderr
  std::string folder;                    ///< removed at the end
};

/// A program that cannot outlive this process, however this process ends.
///
/// A process in between, the janitor, is the program's parent and holds the reading end of a pipe
/// whose writing end is here. When that closes (destructor, exit, crash, kill -9) the janitor kills
/// the program and removes the folder. It has a session of its own, so that a terminal's Ctrl-C
/// does not reach either of them first. As the program's parent it cannot kill a stranger that got
/// the same process id; and if the janitor itself is killed, the kernel kills the program
/// (PR_SET_PDEATHSIG).
class Janitor {
 public:
  /// Errors: connect, when no process could be made. That the program cannot be run shows in
  /// `look`.
  static Result<Janitor> start(const Job& job);

  Janitor(Janitor&&) noexcept = default;
  Janitor& operator=(Janitor&&) = delete;
  /// Waits until the program and the folder are gone.
  ~Janitor();

  struct State {
    pid_t program = 0;                     ///< its process id; 0 as long as it is not known
    std::optional<int> exec_error_number;  ///< why it could not be run
    std::optional<int> wait_status;        ///< how it ended, as of waitpid
    bool is_running() const { return !exec_error_number && !wait_status; }
  };
  /// What is known by now; never waits.
  const State& look();

 private:
  Janitor(pid_t process, Descriptor life, Descriptor news)
      : process_(process), life_(std::move(life)), news_(std::move(news)) {}

  class Process {
   public:
    explicit Process(pid_t id) : id_(id) {}
    Process(Process&& other) noexcept : id_(std::exchange(other.id_, 0)) {}
    pid_t id() const { return id_; }

   private:
    pid_t id_;
  };

  Process process_;
  Descriptor life_;  ///< nothing is ever written to it; that it is open is the message
  Descriptor news_;
  State state_ = {};
};

}  // namespace rcache::demo
