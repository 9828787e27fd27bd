#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace rcache::test {

/// What a new process is given. A descriptor of -1 leaves that stream closed.
struct ChildSetup {
  std::vector<std::string> argv = {};  ///< argv[0] is a path, or a name looked up in our PATH
  std::vector<std::string> environment = {};  ///< the whole of it, as NAME=value
  std::string directory = {};                 ///< empty: ours
  int in = -1;
  int out = -1;
  int err = -1;
  int terminal = -1;  ///< becomes its controlling terminal
};

struct ChildEnd {
  int exit_code = -1;  ///< -1 when a signal ended it
  int signal = 0;      ///< 0 when it exited by itself
  std::size_t max_rss_bytes = 0;
  std::vector<std::string> left_behind;  ///< names of processes of its session that outlived it
};

/// A process of ours, in a session of its own, with no open files but the three given. It ends with
/// this object, with the test program, and with the thread that started it (PR_SET_PDEATHSIG):
/// start it on a thread that lives as long.
class Child {
 public:
  /// Errors:  Failure naming the program, when it cannot be executed.
  explicit Child(const ChildSetup& setup);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] bool running();
  /// Becomes readable when it ends, for poll(); -1 where the system has no such thing.
  [[nodiscard]] int end_event() const { return pidfd_; }

  /// Sends a signal to it alone; nothing when it has ended.
  void signal(int number);

  /// SIGKILL to it and to every process of its session.
  void kill_all();

  /// Reaps it if it has ended. What it left behind gets a moment to end too, then SIGKILL.
  std::optional<ChildEnd> try_reap();

  /// Waits for its end; empty when it takes longer.
  std::optional<ChildEnd> reap(std::chrono::milliseconds limit);

 private:
  pid_t pid_ = -1;
  int pidfd_ = -1;
  std::optional<ChildEnd> end_;
};

/// Whether there is such a process. A zombie that nobody has reaped counts as gone.
bool process_lives(pid_t pid);

/// PATH, LANG=C.UTF-8, and the options of sanitizers and coverage, from our own environment.
std::vector<std::string> minimal_environment();

/// The full path of a program in PATH, or empty.
std::string find_in_path(const std::string& name);

}  // namespace rcache::test
