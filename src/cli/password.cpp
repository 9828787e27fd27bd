#include "cli/password.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <optional>

#include "core/key.h"

namespace rcache::cli {
namespace {

constexpr std::size_t k_longest_password = 64U << 10U;
constexpr char k_ctrl_c = 3;

/// What ends a line of a terminal besides its end.
enum class Abort { none, ctrl_c };

/// One line without its end; empty when reading failed or it is too long. A Ctrl-C that ended it is
/// kept.
std::optional<std::string> read_line(int descriptor, Abort abort = Abort::none) {
  std::string line;
  char byte = 0;
  while (true) {
    const auto got = ::read(descriptor, &byte, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 || line.size() > k_longest_password) return std::nullopt;
    if (got == 0 || byte == '\n') break;
    line.push_back(byte);
    if (abort == Abort::ctrl_c && byte == k_ctrl_c) break;
  }
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

Result<std::string> password_from_file(const std::string& path) {
  const bool standard_input = path == "-";
  const int descriptor =
      standard_input ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) {
    return fail(ErrorKind::usage,
                fmt::format("cannot read the password file '{}': {}", printable(path),
                            std::strerror(errno)),
                "check --pass-file, or pass_file in the profile");
  }
  // Only opening must not wait. A pipe of the shell, --pass-file <(pass show redis), is worth
  // waiting for.
  if (!standard_input) ::fcntl(descriptor, F_SETFL, 0);
  auto line = read_line(descriptor);
  if (!standard_input) ::close(descriptor);
  if (!line || line->empty()) {
    return fail(
        ErrorKind::usage,
        fmt::format("the password file '{}' has no password in its first line", printable(path)));
  }
  return std::move(*line);
}

/// Switches the echo of a terminal off while it lives. A signal in between must not leave it off,
/// so the signals that end a program wait until it is on again.
class SilentTerminal {
 public:
  explicit SilentTerminal(int descriptor) : descriptor_(descriptor) {
    sigset_t ending;
    sigemptyset(&ending);
    for (const int signal : {SIGTERM, SIGHUP, SIGQUIT, SIGTSTP}) sigaddset(&ending, signal);
    ::sigprocmask(SIG_BLOCK, &ending, &before_);
    ::tcgetattr(descriptor_, &settings_);
    termios silent = settings_;
    // Without ISIG Ctrl-C arrives as a byte, so that it is we who put the terminal back.
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO | ISIG);
    silent.c_lflag |= ECHONL;
    silent.c_cc[VEOL] = k_ctrl_c;  // and at once, not with the next Enter
    ::tcsetattr(descriptor_, TCSAFLUSH, &silent);
  }
  ~SilentTerminal() {
    ::tcsetattr(descriptor_, TCSAFLUSH, &settings_);
    ::sigprocmask(SIG_SETMASK, &before_, nullptr);
  }
  SilentTerminal(const SilentTerminal&) = delete;
  SilentTerminal& operator=(const SilentTerminal&) = delete;

 private:
  int descriptor_;
  termios settings_{};
  sigset_t before_{};
};

Result<std::string> password_from_terminal() {
  const int terminal = ::open("/dev/tty", O_RDWR | O_CLOEXEC);
  if (terminal < 0) {
    return fail(ErrorKind::usage, "--askpass: there is no terminal to ask on",
                "use --pass-file FILE or RCACHE_PASSWORD");
  }
  constexpr std::string_view prompt = "Password: ";
  std::optional<std::string> line;
  {
    // Before the question: what is typed or pasted right after it must not show.
    const SilentTerminal silent(terminal);
    if (::write(terminal, prompt.data(), prompt.size()) > 0)
      line = read_line(terminal, Abort::ctrl_c);
  }
  const bool interrupted = line && line->ends_with(k_ctrl_c);
  if (interrupted) [[maybe_unused]]
    const auto written = ::write(terminal, "\n", 1);
  ::close(terminal);
  if (interrupted) return fail(ErrorKind::interrupted, "interrupted");
  if (!line) return fail(ErrorKind::usage, "--askpass: cannot read from the terminal");
  return std::move(*line);
}

}  // namespace

PasswordSources real_password_sources() {
  return {password_from_file, password_from_terminal};
}

}  // namespace rcache::cli
