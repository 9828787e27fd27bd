#include "commands/invalidate/shell_word.h"

#include <algorithm>

#include "core/key.h"

namespace rcache::invalidate {
namespace {

bool is_safe(char character) {
  constexpr std::string_view k_marks = "_./:@%+,-";
  return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
         (character >= '0' && character <= '9') || k_marks.find(character) != std::string::npos;
}

/// `text` with each single quote replaced.
std::string quotes_as(std::string_view text, std::string_view replacement) {
  std::string out;
  for (const char character : text) {
    if (character == '\'') {
      out += replacement;
    } else {
      out += character;
    }
  }
  return out;
}

std::string shell_quoted(std::string_view word) {
  if (!word.empty() && std::all_of(word.begin(), word.end(), is_safe)) {
    return std::string(word);
  }
  const auto shown = printable(word);
  if (shown == word) return "'" + quotes_as(word, "'\\''") + "'";
  // The escapes of printable(), `\xNN` and `\\`, are those of $'...' as well.
  return "$'" + quotes_as(shown, "\\'") + "'";
}

/// A path that begins with '-' would be read as a flag.
std::string no_flag(std::string_view path) {
  return (path.substr(0, 1) == "-" ? "./" : "") + std::string(path);
}

}  // namespace

std::string shell_word(std::string_view path) {
  return shell_quoted(no_flag(path));
}

std::vector<std::string> shell_lines(std::string_view command, std::string_view path,
                                     std::size_t width) {
  std::vector<std::string> lines;
  std::string line = std::string(command) + " ";
  const auto word = no_flag(path);
  std::string piece;  // of the word, quoted for itself when its line is full
  for (std::string_view rest = word; !rest.empty();) {
    const auto character = rest.substr(0, std::max<std::size_t>(decode_utf8(rest).size, 1));
    rest.remove_prefix(character.size());
    const auto longer = piece + std::string(character);
    if (display_width(line + shell_quoted(longer)) + 1 > width) {
      lines.push_back(line + (piece.empty() ? "" : shell_quoted(piece)) + "\\");
      line.clear();
      piece = character;
    } else {
      piece = longer;
    }
  }
  lines.push_back(line + shell_quoted(piece));
  return lines;
}

}  // namespace rcache::invalidate
