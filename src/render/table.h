#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "render/layout.h"
#include "render/style.h"

namespace rcache::render {

/// A column of a table, and what may happen to it when the terminal is too narrow.
struct Column {
  std::string title;
  Align align = Align::left;
  bool shrinkable = false;    ///< its cells may be cut, down to `min_width`
  bool optional = false;      ///< it may be left out
  std::size_t min_width = 8;  ///< of a shrinkable column
};

/// One field of a table. In: one line of printable text, see core/key.h.
struct Cell {
  Cell(std::string words, Tone meaning = Tone::plain) : text(std::move(words)), tone(meaning) {}
  Cell(const char* words) : text(words) {}
  std::string text;
  Tone tone = Tone::plain;
};

struct TableLook {
  std::size_t width = 80;
  std::size_t indent = 0;
  Color color = Color::off;
  Charset charset = Charset::unicode;
};

/// Rows of text under headings, aligned, and never wider than the terminal.
class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  /// In: one cell for each column.
  void add(std::vector<Cell> row);
  bool empty() const { return rows_.empty(); }

  /// The heading and all rows, each line ended by "\n" and without spaces at its end.
  ///
  /// Too wide: the widest shrinkable column shrinks first, then the widest again, until all are at
  /// their least; then the last optional column goes and the rest is laid out anew. What is still
  /// too wide is cut at the edge.
  std::string text(const TableLook& look) const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace rcache::render
