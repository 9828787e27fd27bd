#include "render/layout.h"

#include <algorithm>

#include "core/utf8.h"

namespace rcache::render {
namespace {

/// Takes off `text` as much as fits into `width` columns, but at least one character.
std::string_view take_columns(std::string_view& text, std::size_t width) {
  std::size_t end = 0;
  while (end < text.size()) {
    const auto size = std::max<std::size_t>(decode_utf8(text.substr(end)).size, 1);
    if (end > 0 && display_width(text.substr(0, end + size)) > width) break;
    end += size;
  }
  const auto taken = text.substr(0, end);
  text.remove_prefix(end);
  return taken;
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    if (end > 0) words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

}  // namespace

std::string pad(std::string_view text, std::size_t width, Align align) {
  const auto used = display_width(text);
  const std::string space(used < width ? width - used : 0, ' ');
  return align == Align::left ? std::string(text) + space : space + std::string(text);
}

std::vector<std::string> wrap(std::string_view text, std::size_t width) {
  std::vector<std::string> lines(1);
  for (const auto& word : words_of(text)) {
    auto& line = lines.back();
    const auto needed = display_width(line) + (line.empty() ? 0 : 1) + display_width(word);
    if (needed <= width) {
      line += (line.empty() ? "" : " ") + word;
      continue;
    }
    if (line.empty()) lines.pop_back();
    for (std::string_view rest = word; !rest.empty();) {
      lines.emplace_back(take_columns(rest, width));
    }
  }
  return lines;
}

std::vector<std::string> flow(const std::vector<std::string>& pieces, std::string_view separator,
                              std::size_t width) {
  std::vector<std::string> lines;
  for (const auto& piece : pieces) {
    const auto needed = display_width(separator) + display_width(piece);
    if (!lines.empty() && display_width(lines.back()) + needed <= width) {
      lines.back().append(separator).append(piece);
      continue;
    }
    if (display_width(piece) <= width) {
      lines.push_back(piece);
      continue;
    }
    for (auto& line : wrap(piece, width)) lines.push_back(std::move(line));
  }
  for (auto& line : lines) line.erase(line.find_last_not_of(' ') + 1);
  return lines;
}

}  // namespace rcache::render
