#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "render/style.h"
#include "render/table.h"

namespace rcache::render {

/// A screen of text built from the top: paragraphs, labelled facts and tables. No line is wider
/// than asked for (of at least 20 columns), and no words go on beyond 110: only a table may.
class Screen {
 public:
  static constexpr std::size_t k_label_width = 12;

  explicit Screen(const TextLook& look);

  void blank() { text_ += '\n'; }

  /// In:      printable words, which are broken at spaces; `indent` columns before each line.
  void paragraph(std::string_view words, Tone tone = Tone::plain, std::size_t indent = 0);

  /// "Label       piece, piece": pieces that do not fit go on under the first.
  void fact(std::string_view label, const std::vector<std::string>& pieces,
            std::string_view separator = ", ");

  /// Words beside a head that is `columns` wide as it is shown; they go on under themselves.
  void beside(std::string_view head, std::size_t columns, std::string_view words);

  /// In:      `indent` columns before each line.
  void table(const Table& table, std::size_t indent = 0);

  /// A line that is complete as it is.
  void line(std::string_view words) { text_.append(words).append("\n"); }

  std::size_t width() const { return look_.width; }
  /// Columns beside a label.
  std::size_t room() const { return width() - k_label_width; }
  Color color() const { return look_.color; }
  Charset charset() const { return look_.charset; }

  /// All of it. The log of a CI job is read by its runner, line by line: a key that is named like
  /// one of its commands is none any more.
  std::string take() &&;

 private:
  TextLook look_;
  std::string text_;
};

}  // namespace rcache::render
