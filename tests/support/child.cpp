#include "support/child.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <sstream>
#include <utility>

#include "support/deadline.h"
#include "support/failure.h"
#include "support/temp_dir.h"

namespace rcache::test {
namespace {

std::vector<char*> pointers(const std::vector<std::string>& strings) {
  std::vector<char*> result;
  for (const auto& string : strings) result.push_back(const_cast<char*>(string.c_str()));
  result.push_back(nullptr);
  return result;
}

/// The child's half, between fork and exec: only calls that are safe there.
[[noreturn]] void become(const ChildSetup& setup, const char* path, char* const* argv,
                         char* const* environment, int report, pid_t parent) {
  const auto give_up = [&report] {
    const int reason = errno;
    [[maybe_unused]] const auto written = ::write(report, &reason, sizeof reason);
    ::_exit(127);
  };
  ::setsid();
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(127);  // it died before it could take us with it
  for (const int number : {SIGPIPE, SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGCHLD, SIGTSTP}) {
    ::signal(number, SIG_DFL);
  }
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  if (setup.terminal >= 0) ::ioctl(setup.terminal, TIOCSCTTY, 0);
  // Out of the way first, so that no dup2 below overwrites what a later one needs.
  int streams[4] = {setup.in, setup.out, setup.err, report};
  for (int& fd : streams) {
    if (fd >= 0) fd = ::fcntl(fd, F_DUPFD_CLOEXEC, 10);
  }
  report = streams[3];
  for (int target = 0; target < 3; ++target) {
    if (streams[target] >= 0) {
      ::dup2(streams[target], target);
    } else {
      ::close(target);
    }
  }
  ::dup3(report, 3, O_CLOEXEC);
  report = 3;
  ::close_range(4, ~0U, 0);
  if (!setup.directory.empty() && ::chdir(setup.directory.c_str()) != 0) give_up();
  ::execve(path, argv, environment);
  give_up();
  ::_exit(127);
}

/// What /proc says of a process; `session` is 0 when it is gone or a zombie.
struct Status {
  std::string name;
  pid_t session = 0;
};

Status status_of(pid_t pid) {
  const std::string stat = read_file("/proc/" + std::to_string(pid) + "/stat");
  const auto open = stat.find('(');
  const auto close = stat.rfind(')');  // the name may hold brackets of its own
  if (open == std::string::npos || close == std::string::npos) return {};
  std::istringstream rest(stat.substr(close + 1));
  char state = 'X';
  pid_t parent = 0;
  pid_t group = 0;
  pid_t session = 0;
  rest >> state >> parent >> group >> session;
  if (state == 'Z' || state == 'X') return {};
  return {stat.substr(open + 1, close - open - 1), session};
}

/// The processes of a session that are alive, without its leader.
std::vector<std::pair<pid_t, std::string>> members(pid_t session) {
  std::vector<std::pair<pid_t, std::string>> result;
  DIR* folder = ::opendir("/proc");
  if (folder == nullptr) return result;
  while (const dirent* entry = ::readdir(folder)) {
    const auto pid = static_cast<pid_t>(std::atoi(entry->d_name));
    if (pid <= 0 || pid == session) continue;
    Status status = status_of(pid);
    if (status.session == session) result.emplace_back(pid, std::move(status.name));
  }
  ::closedir(folder);
  return result;
}

}  // namespace

Child::Child(const ChildSetup& setup) {
  // A pipe or socket whose other end has died is an error to report, not the end of the tests.
  ::signal(SIGPIPE, SIG_IGN);
  const std::string path =
      setup.argv.at(0).find('/') == std::string::npos ? find_in_path(setup.argv[0]) : setup.argv[0];
  if (path.empty()) throw Failure(setup.argv[0] + " is not in PATH");
  const auto argv = pointers(setup.argv);
  const auto environment = pointers(setup.environment);
  int report[2];
  if (::pipe2(report, O_CLOEXEC) != 0) throw Failure("pipe2: " + std::string(std::strerror(errno)));
  const pid_t parent = ::getpid();
  pid_ = ::fork();
  if (pid_ == 0) become(setup, path.c_str(), argv.data(), environment.data(), report[1], parent);
  ::close(report[1]);
  int reason = 0;
  ssize_t got = 0;
  if (pid_ > 0) {
    do {
      got = ::read(report[0], &reason, sizeof reason);
    } while (got < 0 && errno == EINTR);
  }
  ::close(report[0]);
  if (pid_ < 0) throw Failure("fork: " + std::string(std::strerror(errno)));
  if (got == sizeof reason) {
    ::waitpid(pid_, nullptr, 0);
    throw Failure("cannot execute " + path + ": " + std::strerror(reason));
  }
  pidfd_ = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
}

Child::~Child() {
  if (!end_) {
    kill_all();
    reap(k_patience);
  }
  if (pidfd_ >= 0) ::close(pidfd_);
}

bool Child::running() {
  if (end_) return false;
  siginfo_t info{};
  // WNOWAIT: it keeps its pid until we reap it, so that no signal can reach a stranger.
  return ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
         info.si_pid == 0;
}

void Child::signal(int number) {
  if (!end_) ::kill(pid_, number);
}

void Child::kill_all() {
  if (end_) return;
  ::kill(pid_, SIGKILL);
  for (const auto& [pid, name] : members(pid_)) ::kill(pid, SIGKILL);
}

std::optional<ChildEnd> Child::try_reap() {
  if (end_ || running()) return end_;
  ChildEnd end;
  const Deadline moment(std::chrono::seconds{2});
  auto left = members(pid_);
  while (!left.empty() && !moment.passed()) {
    ::poll(nullptr, 0, 5);
    left = members(pid_);
  }
  for (const auto& [pid, name] : left) {
    end.left_behind.push_back(name);
    ::kill(pid, SIGKILL);
  }
  int status = 0;
  rusage usage{};
  while (::wait4(pid_, &status, 0, &usage) < 0 && errno == EINTR) {
  }
  if (WIFSIGNALED(status)) {
    end.signal = WTERMSIG(status);
  } else {
    end.exit_code = WEXITSTATUS(status);
  }
  end.max_rss_bytes = static_cast<std::size_t>(usage.ru_maxrss) * 1024;
  end_ = end;
  return end_;
}

std::optional<ChildEnd> Child::reap(std::chrono::milliseconds limit) {
  const Deadline deadline(limit);
  while (running() && !deadline.passed()) {
    pollfd ended{pidfd_, POLLIN, 0};
    ::poll(&ended, 1, deadline.left(std::chrono::milliseconds{pidfd_ >= 0 ? 1000 : 5}));
  }
  return try_reap();
}

bool process_lives(pid_t pid) {
  return !status_of(pid).name.empty();
}

std::vector<std::string> minimal_environment() {
  std::vector<std::string> result{"LANG=C.UTF-8"};
  for (const char* name : {"PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS",
                           "LD_LIBRARY_PATH", "LLVM_PROFILE_FILE", "GCOV_PREFIX"}) {
    const char* value = std::getenv(name);
    if (value != nullptr) result.push_back(std::string(name) + "=" + value);
  }
  return result;
}

std::string find_in_path(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path != nullptr ? path : "/usr/bin:/bin");
  for (std::string folder; std::getline(folders, folder, ':');) {
    const std::string candidate = folder + "/" + name;
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return {};
}

}  // namespace rcache::test
