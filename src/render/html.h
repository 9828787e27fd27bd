#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "render/style.h"
#include "render/table.h"

namespace rcache::render {

/// A cell of a table: words, or a chart of render/svg.h.
struct HtmlCell {
  HtmlCell(std::string text, Tone meaning = Tone::plain) : words(std::move(text)), tone(meaning) {}
  HtmlCell(const char* text) : words(text) {}

  std::string words;
  Tone tone = Tone::plain;
  bool code = false;       ///< a key or pattern: in letters of one width, broken anywhere
  std::string chart = {};  ///< from svg(); takes the place of the words
};

/// A key or pattern, made printable.
HtmlCell code_cell(std::string text);
HtmlCell chart_cell(std::string chart);

/// Builds one page that needs nothing else: no network, no script, light and dark as the reader
/// has it, readable on a phone. What is put in is text from outside and is escaped here; only
/// charts are taken as they are.
///
/// Source:  https://www.w3.org/TR/CSP3/ (the page forbids itself to load or run anything)
class HtmlPage {
 public:
  explicit HtmlPage(std::string title) : title_(std::move(title)) {}

  /// The answer, on top: a word for the tone ("ok"), and lines of reasons.
  void verdict(Tone tone, std::string_view word, const std::vector<std::string>& lines);
  void heading(std::string_view words);
  void paragraph(std::string_view words);
  /// A command to copy.
  void command(std::string_view words);
  /// Numbers in boxes: label, number, and a small line under it (or "").
  struct Figure {
    std::string label;
    std::string number;
    std::string remark = {};
    Tone tone = Tone::plain;
  };
  void figures(const std::vector<Figure>& all);
  /// A chart and what it shows.
  void chart(std::string_view svg, std::string_view caption);
  /// Small charts of the same kind beside and below each other, on the same scales.
  struct Multiple {
    std::string title;
    std::string svg;  ///< from svg()
    std::string caption = {};
    Tone tone = Tone::plain;  ///< of the title
  };
  void multiples(const std::vector<Multiple>& all);
  /// A table; optional columns are left out where there is little room.
  void table(const std::vector<Column>& columns, const std::vector<std::vector<HtmlCell>>& rows);
  void list(const std::vector<std::string>& lines);
  void footer(std::string_view words);

  /// The whole document.
  std::string str() const;

 private:
  std::string title_;
  std::string body_;
};

}  // namespace rcache::render
