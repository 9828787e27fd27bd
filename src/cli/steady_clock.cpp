#include "cli/steady_clock.h"

#include <asio/post.hpp>
#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>

namespace rcache::cli {

std::int64_t SteadyClock::unix_milliseconds() const {
  const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since_1970).count();
}

asio::awaitable<Result<void>> SteadyClock::sleep(std::chrono::milliseconds duration) {
  const auto executor = co_await asio::this_coro::executor;
  if (interrupt_.requested()) {
    // Whoever waits in a loop all the same must not keep a second signal from being heard.
    co_await asio::post(executor, asio::use_awaitable);
    co_return fail(ErrorKind::interrupted, "interrupted");
  }
  asio::steady_timer timer(executor, duration);
  const auto token = interrupt_.listen_early([&timer] { timer.cancel(); });
  asio::error_code ignored;
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  interrupt_.ignore(token);
  if (interrupt_.requested()) co_return fail(ErrorKind::interrupted, "interrupted");
  co_return Result<void>();
}

}  // namespace rcache::cli
