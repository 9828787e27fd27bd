#pragma once

#include "commands/command.h"

namespace rcache::cli {

/// The machine's own time.
class SteadyClock : public Clock {
 public:
  explicit SteadyClock(Interrupt& interrupt) : interrupt_(interrupt) {}

  Instant now() const override { return std::chrono::steady_clock::now(); }
  std::int64_t unix_milliseconds() const override;
  asio::awaitable<Result<void>> sleep(std::chrono::milliseconds duration) override;

 private:
  Interrupt& interrupt_;
};

}  // namespace rcache::cli
