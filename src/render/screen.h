#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "render/style.h"
#include "render/table.h"

namespace rcache::render {

/// A screen of text built from the top: paragraphs, labelled facts and tables. No line of it is
/// wider than asked for (but never narrower than 20 columns, nor wider than 110).
class Screen {
 public:
  static constexpr std::size_t k_label_width = 12;

  Screen(std::size_t width, Color color, Charset charset);

  void blank() { text_ += '\n'; }

  /// In:      printable words, which are broken at spaces; `indent` columns before each line.
  void paragraph(std::string_view words, Tone tone = Tone::plain, std::size_t indent = 0);

  /// "Label       piece, piece": pieces that do not fit go on under the first.
  void fact(std::string_view label, const std::vector<std::string>& pieces,
            std::string_view separator = ", ");

  void table(const Table& table);

  /// A line that is complete as it is.
  void line(std::string_view words) { text_.append(words).append("\n"); }

  std::size_t width() const { return width_; }
  /// Columns beside a label.
  std::size_t room() const { return width_ - k_label_width; }
  Color color() const { return color_; }
  Charset charset() const { return charset_; }

  std::string take() && { return std::move(text_); }

 private:
  std::size_t width_;
  Color color_;
  Charset charset_;
  std::string text_;
};

}  // namespace rcache::render
