#pragma once

#include <asio/executor_work_guard.hpp>
#include <asio/post.hpp>
#include <asio/thread_pool.hpp>
#include <functional>
#include <memory>
#include <optional>

#include "redis/asio.h"

namespace rcache::redis {

/// A thread for what blocks (fdatasync), so that replies are read and commands sent meanwhile.
class Worker {
 public:
  Worker() : thread_(1) {}
  ~Worker() { thread_.join(); }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Runs `job` on the thread and comes back to where it was called. Jobs run one after the other.
  template <typename T>
  asio::awaitable<T> run(std::function<T()> job) {
    const auto executor = co_await asio::this_coro::executor;
    const auto result = std::make_shared<std::optional<T>>();
    const auto done = std::make_shared<Signal>(executor);
    // The loop must not run out of work while only the thread has some.
    auto stay = asio::make_work_guard(executor);
    asio::post(thread_, [job = std::move(job), result, done, executor, stay = std::move(stay)] {
      auto value = std::make_shared<T>(job());
      asio::post(executor, [result, done, value] {
        result->emplace(std::move(*value));
        done->notify();
      });
    });
    while (!result->has_value()) co_await done->wait();
    co_return std::move(**result);
  }

 private:
  asio::thread_pool thread_;
};

}  // namespace rcache::redis
