#include "cli/prompt.h"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include <asio/posix/stream_descriptor.hpp>
#include <asio/redirect_error.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>

namespace rcache::cli {
namespace {

constexpr std::size_t k_longest_answer = 4096;

}  // namespace

bool TerminalPrompt::can_ask() const {
  return ::isatty(STDIN_FILENO) == 1 && ::isatty(STDERR_FILENO) == 1;
}

asio::awaitable<Result<std::string>> TerminalPrompt::ask(std::string text) {
  if (interrupt_.requested()) co_return fail(ErrorKind::interrupted, "interrupted");
  ::tcflush(STDIN_FILENO, TCIFLUSH);  // what was typed before the question is no answer to it
  io_.show(text);
  asio::posix::stream_descriptor input(co_await asio::this_coro::executor,
                                       ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0));
  const auto token = interrupt_.listen_early([&input] { input.cancel(); });
  std::string line;
  asio::error_code error;
  while (!error && !line.ends_with('\n') && line.size() < k_longest_answer) {
    // Only waited for with asio: it would put a terminal that others share into non-blocking mode.
    co_await input.async_wait(asio::posix::stream_descriptor::wait_read,
                              asio::redirect_error(asio::use_awaitable, error));
    if (error || interrupt_.requested()) break;
    char bytes[256];
    const auto got = ::read(STDIN_FILENO, bytes, sizeof bytes);
    if (got <= 0) break;
    line.append(bytes, static_cast<std::size_t>(got));
  }
  interrupt_.ignore(token);
  if (interrupt_.requested()) {
    io_.show("\n");
    co_return fail(ErrorKind::interrupted, "interrupted");
  }
  if (!line.ends_with('\n')) co_return fail(ErrorKind::refused, "the question got no answer");
  while (line.ends_with('\n') || line.ends_with('\r')) line.pop_back();
  co_return line;
}

}  // namespace rcache::cli
