#pragma once

#include <chrono>
#include <optional>

#include "redis/key_lives.h"

namespace rcache::tags {

/// What is left of a key's life; empty when it does not expire.
inline std::optional<double> seconds_left(const redis::KeyLife& life) {
  if (life.state != redis::KeyLife::State::expiring) return std::nullopt;
  return static_cast<double>(life.left(std::chrono::steady_clock::now()).count()) / 1000;
}

}  // namespace rcache::tags
