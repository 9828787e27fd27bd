#include "render/github.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/key.h"

namespace rcache::render {
namespace {

enum class Where { message, property };

std::string escaped(std::string_view text, Where where) {
  std::string out;
  for (const char letter : printable_words(text)) {
    const bool property = where == Where::property;
    if (letter == '%')
      out += "%25";
    else if (letter == '\n')
      out += "%0A";
    else if (letter == ':' && property)
      out += "%3A";
    else if (letter == ',' && property)
      out += "%2C";
    else
      out += letter;
  }
  return out;
}

/// What the runner trims off a line: char.IsWhiteSpace of .NET.
bool is_space(char32_t character) {
  return character == ' ' || (character >= '\t' && character <= '\r') || character == 0x85 ||
         character == 0xa0 || character == 0x1680 || (character >= 0x2000 && character <= 0x200a) ||
         character == 0x2028 || character == 0x2029 || character == 0x202f || character == 0x205f ||
         character == 0x3000;
}

std::string_view word(Annotation level) {
  switch (level) {
    case Annotation::notice:
      return "notice";
    case Annotation::warning:
      return "warning";
    case Annotation::error:
      break;
  }
  return "error";
}

}  // namespace

std::string github_annotation(Annotation level, std::string_view title, std::string_view message) {
  return fmt::format("::{} title={}::{}\n", word(level), escaped(title, Where::property),
                     escaped(message, Where::message));
}

std::string without_workflow_commands(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  bool at_start = true;  // only spaces so far on this line
  while (!text.empty()) {
    auto size = std::max<std::size_t>(decode_utf8(text).size, 1);
    const auto character = decode_utf8(text).value;
    if (at_start && text.starts_with("::")) {
      out += "\\x3a";
    } else if (text.starts_with("##[")) {
      out += "##\\x5b";
      size = 3;
    } else {
      out += text.substr(0, size);
    }
    at_start = character == '\n' || (at_start && is_space(character));
    text.remove_prefix(size);
  }
  return out;
}

}  // namespace rcache::render
