#pragma once

#include <algorithm>

#include "commands/command.h"
#include "render/style.h"

namespace rcache {

/// How text looks on this terminal, or off one.
inline render::TextLook text_look(const Look& look) {
  return {.width = static_cast<std::size_t>(std::max(look.width, 1)),
          .color = look.color ? render::Color::on : render::Color::off,
          .charset = look.unicode ? render::Charset::unicode : render::Charset::ascii};
}

}  // namespace rcache
