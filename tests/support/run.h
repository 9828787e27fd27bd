#pragma once

#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <exception>
#include <optional>
#include <utility>

#include "support/failure.h"

namespace rcache::test {

/// Runs a coroutine to its end, with everything that it started.
///
/// Errors:  what it threw; Failure when it waits for something that will never come.
template <typename T>
T run(asio::io_context& io, asio::awaitable<T> task) {
  std::optional<T> result;
  std::exception_ptr thrown;
  // T need not have a default: co_spawn wants one, so the result leaves by a coroutine of our own.
  const auto keep = [](asio::awaitable<T> inner, std::optional<T>& kept) -> asio::awaitable<void> {
    kept.emplace(co_await std::move(inner));
  };
  asio::co_spawn(io, keep(std::move(task), result), [&](std::exception_ptr error) {
    thrown = error;
    io.stop();
  });
  io.restart();
  io.run();
  if (thrown) std::rethrow_exception(thrown);
  if (!result) throw Failure("the coroutine waits for something that never comes");
  return std::move(*result);
}

template <typename T>
T run(asio::awaitable<T> task) {
  asio::io_context io(1);
  return run(io, std::move(task));
}

}  // namespace rcache::test
