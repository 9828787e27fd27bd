#include "core/key.h"

namespace rcache {
namespace {

void append_escaped(std::string& out, std::string_view bytes) {
  constexpr std::string_view k_digits = "0123456789abcdef";
  for (const char character : bytes) {
    const auto byte = static_cast<unsigned char>(character);
    out += "\\x";
    out += k_digits[byte >> 4];
    out += k_digits[byte & 0xfU];
  }
}

}  // namespace

std::string printable(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  while (!bytes.empty()) {
    const auto character = decode_utf8(bytes);
    const auto raw = bytes.substr(0, character.size == 0 ? 1 : character.size);
    if (character.size == 0 || is_deceptive(character.value)) {
      append_escaped(out, raw);
    } else if (character.value == '\\') {
      out += "\\\\";
    } else {
      out += raw;
    }
    bytes.remove_prefix(raw.size());
  }
  return out;
}

std::string printable(std::string_view bytes, std::size_t max_bytes) {
  if (bytes.size() <= max_bytes) return printable(bytes);
  // A character has at most three bytes after its first: further back there is none to save.
  std::size_t end = max_bytes;
  while (end > 0 && max_bytes - end < 3 &&
         (static_cast<unsigned char>(bytes[end]) & 0xc0U) == 0x80) {
    --end;
  }
  if (decode_utf8(bytes.substr(end)).size == 0) end = max_bytes;
  return printable(bytes.substr(0, end)) + "...(+" + std::to_string(bytes.size() - end) + " bytes)";
}

std::string printable_words(std::string_view words) {
  std::string out;
  out.reserve(words.size());
  while (!words.empty()) {
    const auto character = decode_utf8(words);
    const auto raw = words.substr(0, character.size == 0 ? 1 : character.size);
    if (character.size == 0 || (is_deceptive(character.value) && character.value != '\n')) {
      append_escaped(out, raw);
    } else {
      out += raw;
    }
    words.remove_prefix(raw.size());
  }
  return out;
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view k_alphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  const auto byte = [&](std::size_t index) -> unsigned {
    return index < bytes.size() ? static_cast<unsigned char>(bytes[index]) : 0;
  };
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const unsigned group = byte(at) << 16 | byte(at + 1) << 8 | byte(at + 2);
    out += k_alphabet[group >> 18];
    out += k_alphabet[group >> 12 & 63U];
    out += at + 1 < bytes.size() ? k_alphabet[group >> 6 & 63U] : '=';
    out += at + 2 < bytes.size() ? k_alphabet[group & 63U] : '=';
  }
  return out;
}

}  // namespace rcache
