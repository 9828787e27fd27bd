#pragma once

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/post.hpp>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/version.hpp>
#if ASIO_VERSION >= 102400
#include <asio/as_tuple.hpp>
#else
#include <asio/experimental/as_tuple.hpp>
#endif
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "core/interrupt.h"

// What differs between the versions of asio that we support (1.22 to 1.30), in one place.
namespace rcache::redis {

#if ASIO_VERSION >= 102400
using asio::as_tuple_t;
#else
using asio::experimental::as_tuple_t;
#endif

/// Completion token: `auto [error, n] = co_await socket.async_read_some(buffer, k_no_throw);`
inline constexpr as_tuple_t<asio::use_awaitable_t<>> k_no_throw{asio::use_awaitable};

/// Lets coroutines wait until another says that something has changed. A notice wakes all who wait
/// and is lost when nobody does, so wait in a loop over the condition itself.
class Signal {
 public:
  explicit Signal(const asio::any_io_executor& executor)
      : timer_(executor, std::chrono::steady_clock::time_point::max()) {}

  asio::awaitable<void> wait() { co_await timer_.async_wait(k_no_throw); }
  void notify() { timer_.cancel(); }

 private:
  asio::steady_timer timer_;
};

/// Calls `give_up` once, when the deadline comes before the guard is gone.
class DeadlineGuard {
 public:
  template <typename Function>
  DeadlineGuard(const asio::any_io_executor& executor,
                std::chrono::steady_clock::time_point deadline, Function give_up)
      : timer_(executor, deadline), state_(std::make_shared<State>()) {
    // The handler may still be queued when the guard is gone: it looks at `state`, not at the
    // guard.
    timer_.async_wait([state = state_, give_up](asio::error_code error) {
      if (error || state->gone) return;
      state->passed = true;
      give_up();
    });
  }
  ~DeadlineGuard() { state_->gone = true; }
  DeadlineGuard(const DeadlineGuard&) = delete;
  DeadlineGuard& operator=(const DeadlineGuard&) = delete;

  bool passed() const { return state_->passed; }

 private:
  struct State {
    bool passed = false;
    bool gone = false;
  };
  asio::steady_timer timer_;
  std::shared_ptr<State> state_;
};

/// Calls `give_up` when an interrupt is requested before the guard is gone.
class InterruptGuard {
 public:
  InterruptGuard(Interrupt& interrupt, std::function<void()> give_up)
      : interrupt_(interrupt), token_(interrupt.listen(std::move(give_up))) {}
  ~InterruptGuard() { interrupt_.ignore(token_); }
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

 private:
  Interrupt& interrupt_;
  Interrupt::Token token_;
};

/// Lets everybody else who can go on do so first.
inline asio::awaitable<void> give_way() {
  const auto executor = co_await asio::this_coro::executor;
  co_await asio::post(executor, asio::use_awaitable);
}

/// One task of gather(): leaves its result in `run` and says so.
template <typename T, typename Run>
asio::awaitable<void> run_one(asio::awaitable<T> task, std::shared_ptr<Run> run,
                              std::size_t index) {
  run->results[index] = co_await std::move(task);
  --run->left;
  run->finished.notify();
}

/// Runs all at once and waits for the last of them.
/// Out:     the results, in the order of `tasks`.
template <typename T>
asio::awaitable<std::vector<T>> gather(std::vector<asio::awaitable<T>> tasks) {
  struct Run {
    Run(const asio::any_io_executor& executor, std::size_t count)
        : results(count), left(count), finished(executor) {}
    std::vector<std::optional<T>> results;
    std::size_t left;
    Signal finished;
  };
  const auto executor = co_await asio::this_coro::executor;
  const auto run = std::make_shared<Run>(executor, tasks.size());
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    asio::co_spawn(executor, run_one(std::move(tasks[i]), run, i), asio::detached);
  }
  while (run->left > 0) co_await run->finished.wait();
  std::vector<T> results;
  for (auto& result : run->results) results.push_back(std::move(*result));
  co_return results;
}

}  // namespace rcache::redis
