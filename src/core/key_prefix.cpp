#include "core/key_prefix.h"

namespace rcache {

std::string escape_glob(std::string_view text) {
  std::string escaped;
  for (const char byte : text) {
    if (std::string_view("*?[]\\").find(byte) != std::string_view::npos) escaped += '\\';
    escaped += byte;
  }
  return escaped;
}

std::string KeyPrefix::on_pattern(std::string_view glob) const {
  return escape_glob(prefix_) + std::string(glob);
}

std::optional<std::string_view> KeyPrefix::off(std::string_view key) const {
  if (!key.starts_with(prefix_)) return std::nullopt;
  return key.substr(prefix_.size());
}

}  // namespace rcache
