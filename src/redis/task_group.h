#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <utility>

#include "redis/asio.h"

namespace rcache::redis {

/// Tasks that run side by side, at most so many at once. What they leave behind is their own
/// business.
///
/// Whoever waits in start() or finish() must hold the group, and the tasks what they use.
class TaskGroup {
 public:
  TaskGroup(const asio::any_io_executor& executor, std::size_t at_once)
      : executor_(executor), state_(std::make_shared<State>(executor, at_once)) {}

  /// More room, for whoever learns late how far away the server is.
  void widen(std::size_t at_once) { state_->at_once = std::max(state_->at_once, at_once); }

  /// Starts the task as soon as there is room.
  asio::awaitable<void> start(asio::awaitable<void> task) {
    const auto state = state_;
    while (state->running >= state->at_once) co_await state->one_ended.wait();
    ++state->running;
    asio::co_spawn(executor_, run(std::move(task), state), asio::detached);
  }

  /// Waits until all have ended.
  asio::awaitable<void> finish() {
    const auto state = state_;
    while (state->running > 0) co_await state->one_ended.wait();
  }

 private:
  struct State {
    State(const asio::any_io_executor& executor, std::size_t most)
        : at_once(most), one_ended(executor) {}
    std::size_t at_once;
    std::size_t running = 0;
    Signal one_ended;
  };

  static asio::awaitable<void> run(asio::awaitable<void> task, std::shared_ptr<State> state) {
    co_await std::move(task);
    --state->running;
    state->one_ended.notify();
  }

  asio::any_io_executor executor_;
  std::shared_ptr<State> state_;
};

}  // namespace rcache::redis
