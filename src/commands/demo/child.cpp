#include "commands/demo/child.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>

#include "commands/demo/posix.h"
#include "commands/demo/program.h"
#include "core/key.h"

namespace rcache::demo {
namespace {

constexpr std::string_view k_own_name = "rcache";

Result<std::string> find_command(const std::string& name) {
  if (auto file = find_program(name)) return *file;
  const auto self = name == k_own_name ? own_program() : std::nullopt;
  if (self) return *self;
  return fail(ErrorKind::usage, fmt::format("there is no command '{}' on PATH", printable(name)));
}

}  // namespace

Result<void> can_be_found(const std::string& name) {
  return find_command(name).map([](const std::string&) {});
}

Result<Child> Child::start(const std::vector<std::string>& command,
                           std::vector<std::string> environment) {
  const auto file = find_command(command.front());
  if (!file) return fail(file.error());
  auto failure = make_pipe();  // closed by a successful exec, else it brings the reason
  if (!failure) return fail(std::move(failure).error());
  const ExecWords words(command);
  const ExecWords variables(std::move(environment));

  pid_t process = 0;
  {
    const SignalsHeld held;
    process = ::fork();
    if (process == 0) {
      held.release_in_child();
      ::execve(file->c_str(), words.get(), variables.get());
      const int reason = errno;
      [[maybe_unused]] const ssize_t told =
          ::write(failure->writer.number(), &reason, sizeof(reason));
      ::_exit(127);
    }
  }
  if (process < 0) {
    return fail(ErrorKind::connect,
                fmt::format("cannot start a process: {}", system_message(errno)));
  }
  failure->writer.close();
  int reason = 0;
  ssize_t size = 0;
  while ((size = ::read(failure->reader.number(), &reason, sizeof(reason))) < 0 && errno == EINTR) {
  }
  if (size == static_cast<ssize_t>(sizeof(reason))) {
    while (::waitpid(process, nullptr, 0) < 0 && errno == EINTR) {
    }
    return fail(ErrorKind::usage, fmt::format("cannot run '{}': {}", printable(command.front()),
                                              system_message(reason)));
  }
  return Child(process);
}

std::optional<int> Child::exit_code() {
  int status = 0;
  if (!exit_code_ && ::waitpid(process_, &status, WNOHANG) == process_) {
    exit_code_ = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  }
  return exit_code_;
}

void Child::signal(int number) {
  if (!exit_code()) ::kill(process_, number);
}

std::vector<std::string> environment_for(const std::string& url) {
  std::vector<std::pair<std::string, std::string>> set{{"RCACHE_URL", url}};
  const auto self = own_program();
  const char* path = std::getenv("PATH");
  if (self && path && !find_program(k_own_name)) {
    const auto folder = std::filesystem::path(*self).parent_path().string();
    set.emplace_back("PATH", std::string(path) + ":" + folder);
  }
  // REDIS_URL goes as well: in the playground nothing may lead to a server that is not private.
  return changed_environment({"REDIS_URL", "RCACHE_PASSWORD", "REDISCLI_AUTH", "VALKEYCLI_AUTH"},
                             std::move(set));
}

bool owns_terminal() {
  const Descriptor terminal(::open("/dev/tty", O_RDONLY | O_CLOEXEC | O_NOCTTY));
  return terminal.number() >= 0 && ::tcgetpgrp(terminal.number()) == ::getpgrp();
}

}  // namespace rcache::demo
