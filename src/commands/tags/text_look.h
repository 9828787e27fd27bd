#pragma once

#include "commands/command.h"
#include "commands/tags/render.h"
#include "redis/key_lives.h"

namespace rcache::tags {

inline TextLook text_look(const Look& look) {
  return {.width = static_cast<std::size_t>(look.width),
          .color = look.color ? render::Color::on : render::Color::off,
          .charset = look.unicode ? render::Charset::unicode : render::Charset::ascii};
}

/// What is left of a key's life; empty when it does not expire.
inline std::optional<double> seconds_left(const redis::KeyLife& life) {
  if (life.state != redis::KeyLife::State::expiring) return std::nullopt;
  return static_cast<double>(life.left(std::chrono::steady_clock::now()).count()) / 1000;
}

}  // namespace rcache::tags
