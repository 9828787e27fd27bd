#include "commands/tags/words.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/key.h"
#include "core/units.h"
#include "render/layout.h"

namespace rcache::tags {
namespace {

constexpr std::size_t k_narrowest = 20;
constexpr std::size_t k_widest = 100;
constexpr std::size_t k_reasons_shown = 5;
constexpr std::size_t k_name_bytes = 200;

}  // namespace

std::string counted(std::uint64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", format_count(static_cast<std::int64_t>(count)), noun,
                     count == 1 ? "" : "s");
}

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

Screen::Screen(const TextLook& look)
    : look_(look), width_(std::clamp(look.width, k_narrowest, k_widest)) {}

void Screen::line(std::string_view words, render::Tone tone) {
  for (const auto& part : render::wrap(words, width_))
    text_ += render::paint(part, tone, look_.color) + "\n";
}

void Screen::finding(std::string_view mark, render::Tone tone, std::string_view headline,
                     const std::vector<std::string>& explanation) {
  constexpr std::size_t k_indent = 6;
  const auto room = width_ - k_indent;
  const std::string indent(k_indent, ' ');
  bool first = true;
  for (const auto& part : render::wrap(headline, room)) {
    text_ += first ? render::paint(mark, tone, look_.color) +
                         std::string(k_indent - std::min(mark.size(), k_indent), ' ')
                   : indent;
    text_ += part + "\n";
    first = false;
  }
  for (const auto& paragraph : explanation) {
    for (const auto& part : render::wrap(paragraph, room)) text_ += indent + part + "\n";
  }
}

void Screen::table(const render::Table& table, std::size_t indent) {
  text_ += table.text(
      {.width = look_.width, .indent = indent, .color = look_.color, .charset = look_.charset});
}

void Screen::incomplete(const std::vector<std::string>& reasons) {
  for (std::size_t i = 0; i < reasons.size() && i < k_reasons_shown; ++i)
    line("INCOMPLETE: " + printable(reasons[i], 500), render::Tone::fail);
  if (reasons.size() > k_reasons_shown)
    line(fmt::format("INCOMPLETE: and {} more reasons", reasons.size() - k_reasons_shown),
         render::Tone::fail);
}

}  // namespace rcache::tags
