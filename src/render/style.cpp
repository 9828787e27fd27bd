#include "render/style.h"

#include <fmt/format.h>

namespace rcache::render {
namespace {

std::string_view code(Tone tone) {
  switch (tone) {
    case Tone::ok:
      return "32";
    case Tone::warn:
      return "33";
    case Tone::fail:
      return "1;31";
    case Tone::unknown:
      return "2";
    case Tone::heading:
      return "1";
    case Tone::plain:
      break;
  }
  return "";
}

}  // namespace

std::string paint(std::string_view text, Tone tone, Color color) {
  if (color == Color::off || tone == Tone::plain || text.empty()) return std::string(text);
  return fmt::format("\x1b[{}m{}\x1b[0m", code(tone), text);
}

std::string_view ellipsis(Charset charset) {
  return charset == Charset::unicode ? "…" : "~";
}

}  // namespace rcache::render
