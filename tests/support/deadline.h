#pragma once

#include <algorithm>
#include <chrono>
#include <string>
#include <thread>

#include "support/failure.h"

namespace rcache::test {

/// How long anything may take before a test calls it a hang. Generous, since a busy machine with
/// sanitizers is slow; a test that passes never waits for it.
inline constexpr std::chrono::seconds k_patience{60};

/// A moment on the monotonic clock.
class Deadline {
 public:
  explicit Deadline(std::chrono::milliseconds from_now)
      : end_(std::chrono::steady_clock::now() + from_now) {}

  [[nodiscard]] bool passed() const { return std::chrono::steady_clock::now() >= end_; }

  /// The time left in milliseconds, at least 0 and at most `limit`, as poll() wants it.
  [[nodiscard]] int left(std::chrono::milliseconds limit) const {
    const auto rest = std::chrono::duration_cast<std::chrono::milliseconds>(
        end_ - std::chrono::steady_clock::now());
    return static_cast<int>(std::clamp(rest, std::chrono::milliseconds{0}, limit).count());
  }

 private:
  std::chrono::steady_clock::time_point end_;
};

/// Asks `done()` again and again until it is true.
///
/// Errors:  Failure "<what> did not happen within <limit>".
template <typename Predicate>
void wait_until(const std::string& what, Predicate done,
                std::chrono::milliseconds limit = k_patience) {
  const Deadline deadline(limit);
  while (!done()) {
    if (deadline.passed()) {
      throw Failure(what + ": did not happen within " + std::to_string(limit.count()) + " ms");
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{5});  // between two questions
  }
}

}  // namespace rcache::test
