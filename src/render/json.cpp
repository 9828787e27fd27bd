#include "render/json.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "core/key.h"

namespace rcache::render {
namespace {

std::string escape_deceptive(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 1);
  while (!text.empty()) {
    const auto character = decode_utf8(text);
    const auto size = character.size == 0 ? 1 : character.size;
    // What stands below 0x20 here is the layout's own line end: inside strings it is escaped
    // already.
    if (character.size == 0 || character.value < 0x20 || !is_deceptive(character.value)) {
      out += text.substr(0, size);
    } else if (character.value < 0x10000) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(character.value));
    } else {
      const auto rest = static_cast<unsigned>(character.value) - 0x10000;
      out += fmt::format("\\u{:04x}\\u{:04x}", 0xd800 + (rest >> 10), 0xdc00 + (rest & 0x3ff));
    }
    text.remove_prefix(size);
  }
  return out;
}

}  // namespace

Json key_json(std::string_view bytes) {
  if (is_valid_utf8(bytes)) return std::string(bytes);
  Json out = Json::object();
  out["base64"] = base64(bytes);
  return out;
}

Json number_json(std::optional<std::int64_t> value) {
  return value ? Json(*value) : Json(nullptr);
}

Json number_json(std::optional<double> value) {
  return value && std::isfinite(*value) ? Json(*value) : Json(nullptr);
}

Json number_json(double value) {
  return number_json(std::optional(value));
}

Json text_json(const std::optional<std::string>& words) {
  if (!words) return nullptr;
  return is_valid_utf8(*words) ? *words : printable(*words);
}

std::string dump(const Json& document, JsonLayout layout) {
  const int indent = layout == JsonLayout::indented ? 2 : -1;
  return escape_deceptive(document.dump(indent, ' ', false, Json::error_handler_t::replace)) + "\n";
}

}  // namespace rcache::render
