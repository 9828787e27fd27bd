#include "commands/demo/janitor.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>

#include "commands/demo/program.h"

namespace rcache::demo {
namespace {

/// What the janitor tells; small enough for a pipe to carry it whole.
struct News {
  enum class What : std::int32_t { started, cannot_run, ended } what;
  std::int32_t value;  ///< process id, errno, status of waitpid
};

/// All that the janitor needs, made before the fork: after it, it may not allocate.
struct Duty {
  const char* program;
  char* const* arguments;
  char* const* environment;
  const char* remover;
  char* const* removal;
  int life;
  int news;
  int log;
};

// Where the janitor keeps its descriptors; everything above is closed.
constexpr int k_life = 3;
constexpr int k_news = 4;
constexpr int k_log = 5;

void tell(News::What what, int value) {
  const News news{what, value};
  while (::write(k_news, &news, sizeof(news)) < 0 && errno == EINTR) {
  }
}

void close_from(unsigned first) {
  if (::close_range(first, ~0u, 0) == 0) return;
  rlimit limit = {};  // a kernel before 5.9
  ::getrlimit(RLIMIT_NOFILE, &limit);
  for (rlim_t number = first; number < limit.rlim_cur && number < 65'536; ++number) {
    ::close(static_cast<int>(number));
  }
}

/// Only what was handed over stays open: the janitor must not keep a pipe of its user's alive.
void keep_only(const Duty& duty) {
  // First out of the way, since one may sit at another's place.
  const int life = ::fcntl(duty.life, F_DUPFD, 16);
  const int news = ::fcntl(duty.news, F_DUPFD, 16);
  const int log = ::fcntl(duty.log, F_DUPFD, 16);
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  for (int number = 0; number <= 2; ++number) ::dup2(null, number);
  ::dup2(life, k_life);
  ::dup2(news, k_news);
  ::dup2(log, k_log);
  for (int number = k_life; number <= k_log; ++number) ::fcntl(number, F_SETFD, FD_CLOEXEC);
  close_from(k_log + 1);
}

void empty_mask() {
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

void all_signals(void (*handler)(int)) {
  for (int number = 1; number < NSIG; ++number) ::signal(number, handler);
}

[[noreturn]] void become_program(const Duty& duty, pid_t janitor) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != janitor) ::_exit(127);  // it died before that took effect
  all_signals(SIG_DFL);
  empty_mask();
  ::dup2(k_log, 1);
  ::dup2(k_log, 2);
  ::execve(duty.program, duty.arguments, duty.environment);
  tell(News::What::cannot_run, errno);
  ::_exit(127);
}

/// The janitor's whole life. Async-signal-safe calls only.
[[noreturn]] void work(const Duty& duty) {
  ::setsid();
  ::prctl(PR_SET_NAME, "rcache-janitor");
  all_signals(SIG_IGN);
  ::signal(SIGCHLD, SIG_DFL);  // ignored, it would let the kernel reap the program behind our back
  keep_only(duty);
  [[maybe_unused]] const int moved = ::chdir("/");

  sigset_t ended;
  ::sigemptyset(&ended);
  ::sigaddset(&ended, SIGCHLD);
  ::sigprocmask(SIG_SETMASK, &ended, nullptr);
  const int signals = ::signalfd(-1, &ended, SFD_CLOEXEC | SFD_NONBLOCK);

  const pid_t self = ::getpid();
  pid_t program = ::fork();
  if (program == 0) become_program(duty, self);
  if (program < 0) tell(News::What::cannot_run, errno);
  if (program > 0) tell(News::What::started, program);

  for (;;) {
    pollfd sources[] = {{k_life, POLLIN, 0}, {signals, POLLIN, 0}};
    if (::poll(sources, 2, -1) < 0) continue;
    if (sources[0].revents != 0) break;
    signalfd_siginfo ignored;
    while (::read(signals, &ignored, sizeof(ignored)) > 0) {
    }
    int status = 0;
    if (program > 0 && ::waitpid(program, &status, WNOHANG) == program) {
      tell(News::What::ended, status);
      program = 0;
    }
  }
  if (program > 0) {
    ::kill(program, SIGKILL);  // nothing in it is worth a farewell
    while (::waitpid(program, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
  empty_mask();
  ::execve(duty.remover, duty.removal, duty.environment);
  ::_exit(1);
}

}  // namespace

Result<Janitor> Janitor::start(const Job& job) {
  auto life = make_pipe();
  if (!life) return fail(std::move(life).error());
  auto news = make_pipe();
  if (!news) return fail(std::move(news).error());
  ::fcntl(news->reader.number(), F_SETFL, O_NONBLOCK);
  const Descriptor log(::open(job.log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  if (log.number() < 0) {
    return fail(ErrorKind::connect,
                fmt::format("cannot write {}: {}", job.log, system_message(errno)));
  }

  const ExecWords arguments(job.arguments);
  const ExecWords environment(job.environment);
  const std::string remover = find_program("rm").value_or("/bin/rm");
  const ExecWords removal({"rm", "-rf", "--", job.folder});
  const Duty duty{job.program.c_str(),   arguments.get(), environment.get(),
                  remover.c_str(),       removal.get(),   life->reader.number(),
                  news->writer.number(), log.number()};

  const SignalsHeld held;
  const pid_t process = ::fork();
  if (process == 0) work(duty);
  if (process < 0) {
    return fail(ErrorKind::connect,
                fmt::format("cannot start a process: {}", system_message(errno)));
  }
  return Janitor(process, std::move(life->writer), std::move(news->reader));
}

Janitor::~Janitor() {
  life_.close();
  if (process_.id() == 0) return;
  while (::waitpid(process_.id(), nullptr, 0) < 0 && errno == EINTR) {
  }
}

const Janitor::State& Janitor::look() {
  News news;
  for (;;) {
    const ssize_t size = ::read(news_.number(), &news, sizeof(news));
    if (size < 0 && errno == EINTR) continue;
    if (size == 0 && state_.is_running())
      state_.wait_status = SIGKILL;  // the janitor is gone, and with it the program
    if (size != static_cast<ssize_t>(sizeof(news))) return state_;
    switch (news.what) {
      case News::What::started:
        state_.program = news.value;
        break;
      case News::What::cannot_run:
        state_.exec_error_number = news.value;
        break;
      case News::What::ended:
        if (!state_.exec_error_number) state_.wait_status = news.value;
        break;
    }
  }
}

}  // namespace rcache::demo
