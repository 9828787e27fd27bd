#include "render/screen.h"

#include <algorithm>

#include "core/key.h"
#include "render/github.h"
#include "render/layout.h"

namespace rcache::render {
namespace {

constexpr std::size_t k_least_width = 20;  // below, a word per line would be no better
constexpr std::size_t k_most_width = 110;  // a longer line is no easier to read

}  // namespace

Screen::Screen(const TextLook& look) : look_(look) {
  look_.width = std::clamp(look.width, k_least_width, k_most_width);
}

void Screen::paragraph(std::string_view words, Tone tone, std::size_t indent) {
  const std::string margin(std::min(indent, width() / 2), ' ');
  for (const auto& each : wrap(words, width() - margin.size())) {
    line(margin + paint(each, tone, look_.color));
  }
}

void Screen::fact(std::string_view label, const std::vector<std::string>& pieces,
                  std::string_view separator) {
  auto head = pad(shorten(label, k_label_width - 1, ellipsis(look_.charset)), k_label_width);
  for (const auto& each : flow(pieces, separator, room())) {
    line(head + each);
    head.assign(k_label_width, ' ');
  }
}

void Screen::beside(std::string_view head, std::size_t columns, std::string_view words) {
  const auto indent = std::min(columns, width() / 2);
  std::string before(head);
  for (const auto& each : wrap(words, width() - indent)) {
    line(before + each);
    before.assign(indent, ' ');
  }
}

void Screen::table(const Table& table, std::size_t indent) {
  text_ += table.text({look_.width, indent, look_.color, look_.charset});
}

std::string Screen::take() && {
  return without_workflow_commands(text_);
}

}  // namespace rcache::render
