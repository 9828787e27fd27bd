#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "commands/tags/render.h"
#include "render/style.h"
#include "render/table.h"

namespace rcache::tags {

/// A screen built from the top; no line of prose is wider than the look allows.
class Screen {
 public:
  explicit Screen(const TextLook& look);

  void blank() { text_ += '\n'; }
  void line(std::string_view words, render::Tone tone = render::Tone::plain);
  /// "FAIL  12 dead members", and under it what that means.
  void finding(std::string_view mark, render::Tone tone, std::string_view headline,
               const std::vector<std::string>& explanation);
  void table(const render::Table& table, std::size_t indent = 0);
  /// A line "INCOMPLETE: why" for each reason; of very many the first few.
  void incomplete(const std::vector<std::string>& reasons);

  std::string take() && { return std::move(text_); }

 private:
  TextLook look_;
  std::size_t width_;
  std::string text_;
};

/// "12m 5s", or "none".
std::string ttl_text(const std::optional<double>& seconds);
/// "tag:{tag}, cachetag:{tag}".
std::string containers_text(const std::vector<std::string>& containers);
/// A key or tag as one piece of text of bearable length; `""` for the empty one.
std::string name_text(std::string_view bytes);

}  // namespace rcache::tags
