#include "cli/io.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "core/info.h"
#include "core/utf8.h"

namespace rcache::cli {
namespace {

constexpr std::chrono::seconds k_progress_after{1};
constexpr std::chrono::milliseconds k_progress_every{100};

/// Writes everything. Out: 0, or the errno that stopped it.
int write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(descriptor, text.data(), text.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return errno;
    }
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

/// The size now: a window can be resized at any time. What the terminal does not tell is 0.
winsize terminal_size(int descriptor) {
  winsize size{};
  if (::ioctl(descriptor, TIOCGWINSZ, &size) != 0) size = {};
  return size;
}

int terminal_width(int descriptor, int columns_wish) {
  constexpr int k_widest = 10000;
  if (const auto size = terminal_size(descriptor); size.ws_col > 0) return size.ws_col;
  return columns_wish > 0 && columns_wish < k_widest ? columns_wish : 80;
}

/// Source: POSIX, "Locale": LC_ALL, then LC_CTYPE, then LANG.
bool is_utf8_locale(const Environment& environment) {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    if (auto locale = environment.get(name)) {
      std::transform(locale->begin(), locale->end(), locale->begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
      });
      return locale->find("utf-8") != std::string::npos ||
             locale->find("utf8") != std::string::npos;
    }
  }
  return false;
}

}  // namespace

Io::Io(Terminal terminal, const Environment& environment) : terminal_(terminal) {
  look_.terminal = ::isatty(terminal_.out) == 1;
  columns_ = static_cast<int>(parse_integer(environment.get("COLUMNS").value_or("")).value_or(0));
  look_.unicode = is_utf8_locale(environment);
  err_is_terminal_ = ::isatty(terminal_.err) == 1;
  // Source: https://no-color.org and https://bixense.com/clicolors
  color_wish_ = !environment.get("NO_COLOR") && environment.get("TERM") != "dumb";
  color_forced_ = color_wish_ && environment.get("CLICOLOR_FORCE").value_or("0") != "0";
  set_color(ColorMode::automatic);
}

void Io::set_color(ColorMode mode) {
  const bool automatic = color_forced_ || (color_wish_ && look_.terminal);
  look_.color = mode == ColorMode::always || (mode == ColorMode::automatic && automatic);
}

Look Io::look() const {
  Look now = look_;
  if (now.terminal) now.width = terminal_width(terminal_.out, columns_);
  if (const auto size = terminal_size(terminal_.out); now.terminal && size.ws_row > 0)
    now.height = size.ws_row;
  return now;
}

Result<void> Io::write(std::string_view text) {
  clear_progress();
  if (pipe_closed_) return fail(ErrorKind::output, "the reader of the output is gone");
  const int error = write_all(terminal_.out, text);
  if (error == 0) return {};
  pipe_closed_ = error == EPIPE;
  if (pipe_closed_) return fail(ErrorKind::output, "the reader of the output is gone");
  return fail(ErrorKind::output,
              fmt::format("cannot write the result to standard output: {}", std::strerror(error)),
              "the result is not complete");
}

void Io::write_err(std::string_view text) {
  write_all(terminal_.err, text);
}

void Io::note(std::string_view line) {
  if (quiet_) return;
  clear_progress();
  write_err(fmt::format("{}\n", line));
}

void Io::progress(std::string_view line) {
  if (quiet_ || !err_is_terminal_) return;
  if (line.empty()) return clear_progress();
  const auto now = std::chrono::steady_clock::now();
  if (first_progress_ == std::chrono::steady_clock::time_point{}) first_progress_ = now;
  if (now - first_progress_ < k_progress_after || now - last_progress_ < k_progress_every) return;
  last_progress_ = now;
  progress_shown_ = true;
  write_err(fmt::format(
      "\r\x1b[K{}", shorten(line, static_cast<std::size_t>(
                                      std::max(1, terminal_width(terminal_.err, columns_) - 1)))));
}

void Io::clear_progress() {
  if (!progress_shown_) return;
  progress_shown_ = false;
  write_err("\r\x1b[K");
}

void Io::show(std::string_view text) {
  clear_progress();
  write_err(text);
}

void Io::print_error(const Error& error) {
  clear_progress();
  write_err(fmt::format("rcache: {}\n", error.message));
  if (!error.hint.empty()) write_err(fmt::format("hint: {}\n", error.hint));
}

int exit_code(Outcome outcome) {
  switch (outcome) {
    case Outcome::done:
      return k_exit_ok;
    case Outcome::findings:
      return k_exit_findings;
    case Outcome::incomplete:
      return k_exit_incomplete;
    case Outcome::refused:
      return k_exit_refused;
  }
  return k_exit_bug;
}

int exit_code(const Error& error, int signal) {
  switch (error.kind) {
    case ErrorKind::usage:
      return k_exit_usage;
    case ErrorKind::connect:
    case ErrorKind::server:
    case ErrorKind::protocol:
      return k_exit_no_server;
    case ErrorKind::incomplete:
    case ErrorKind::output:
      return k_exit_incomplete;
    case ErrorKind::refused:
      return k_exit_refused;
    case ErrorKind::interrupted:
      return 128 + (signal == 0 ? SIGINT : signal);
    case ErrorKind::bug:
      return k_exit_bug;
  }
  return k_exit_bug;
}

}  // namespace rcache::cli
