#include "commands/tags/words.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/key.h"
#include "core/units.h"

namespace rcache::tags {
namespace {

constexpr std::size_t k_reasons_shown = 5;
constexpr std::size_t k_name_bytes = 200;

}  // namespace

std::string ttl_text(const std::optional<double>& seconds) {
  return seconds ? format_seconds(*seconds) : "none";
}

std::string containers_text(const std::vector<std::string>& containers) {
  std::string text;
  for (const auto& container : containers)
    text += (text.empty() ? "" : ", ") + printable(container);
  return text;
}

std::string name_text(std::string_view bytes) {
  return bytes.empty() ? "\"\"" : printable(bytes, k_name_bytes);
}

void add_finding(render::Screen& screen, std::string_view mark, render::Tone tone,
                 std::string_view headline, const std::vector<std::string>& explanation) {
  constexpr std::size_t k_indent = 6;
  const std::string gap(k_indent - std::min(mark.size(), k_indent), ' ');
  screen.beside(render::paint(mark, tone, screen.color()) + gap, k_indent, headline);
  for (const auto& words : explanation) screen.paragraph(words, render::Tone::plain, k_indent);
}

void add_incomplete(render::Screen& screen, const std::vector<std::string>& reasons) {
  for (std::size_t i = 0; i < reasons.size() && i < k_reasons_shown; ++i)
    screen.paragraph("INCOMPLETE: " + printable(reasons[i], 500), render::Tone::fail);
  if (reasons.size() > k_reasons_shown)
    screen.paragraph(
        fmt::format("INCOMPLETE: and {} more reasons", reasons.size() - k_reasons_shown),
        render::Tone::fail);
}

}  // namespace rcache::tags
