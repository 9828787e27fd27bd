#include "render/screen.h"

#include <algorithm>

#include "render/layout.h"

namespace rcache::render {
namespace {

constexpr std::size_t k_least_width = 20;  // below, a word per line would be no better
constexpr std::size_t k_most_width = 110;  // a longer line is no easier to read

}  // namespace

Screen::Screen(std::size_t width, Color color, Charset charset)
    : width_(std::clamp(width, k_least_width, k_most_width)), color_(color), charset_(charset) {}

void Screen::paragraph(std::string_view words, Tone tone, std::size_t indent) {
  const std::string margin(std::min(indent, width_ / 2), ' ');
  for (const auto& each : wrap(words, width_ - margin.size())) {
    line(margin + paint(each, tone, color_));
  }
}

void Screen::fact(std::string_view label, const std::vector<std::string>& pieces,
                  std::string_view separator) {
  auto head = pad(label, k_label_width);
  for (const auto& each : flow(pieces, separator, room())) {
    line(head + each);
    head.assign(k_label_width, ' ');
  }
}

void Screen::table(const Table& table) {
  text_ += table.text({width_, 0, color_, charset_});
}

}  // namespace rcache::render
