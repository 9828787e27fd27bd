#include "render/table.h"

#include <algorithm>
#include <cassert>
#include <numeric>
#include <optional>

#include "core/utf8.h"

namespace rcache::render {
namespace {

constexpr std::size_t k_gap = 2;  // columns between two columns

/// The columns that are shown, by index, and how wide each one is.
struct Layout {
  std::vector<std::size_t> shown;
  std::vector<std::size_t> widths;

  std::size_t total() const {
    const auto gaps = shown.empty() ? 0 : (shown.size() - 1) * k_gap;
    return std::accumulate(widths.begin(), widths.end(), gaps);
  }
};

/// Takes columns from the widest shrinkable ones until the layout fits or none can give more.
void shrink(Layout& layout, const std::vector<Column>& columns, std::size_t room) {
  while (layout.total() > room) {
    std::optional<std::size_t> widest;
    for (std::size_t at = 0; at < layout.shown.size(); ++at) {
      const auto& column = columns[layout.shown[at]];
      if (!column.shrinkable || layout.widths[at] <= column.min_width) continue;
      if (!widest || layout.widths[at] > layout.widths[*widest]) widest = at;
    }
    if (!widest) return;
    --layout.widths[*widest];
  }
}

/// Leaves out the last optional column. Out: false when there is none.
bool drop_one(std::vector<std::size_t>& shown, const std::vector<Column>& columns) {
  const auto last = std::find_if(shown.rbegin(), shown.rend(),
                                 [&](std::size_t index) { return columns[index].optional; });
  if (last == shown.rend()) return false;
  shown.erase(std::next(last).base());
  return true;
}

Layout lay_out(const std::vector<Column>& columns, const std::vector<std::size_t>& natural,
               std::size_t room) {
  std::vector<std::size_t> shown(columns.size());
  std::iota(shown.begin(), shown.end(), std::size_t{0});
  for (;;) {
    Layout layout{shown, {}};
    for (const auto index : shown) layout.widths.push_back(natural[index]);
    shrink(layout, columns, room);
    if (layout.total() <= room || !drop_one(shown, columns)) return layout;
  }
}

/// Collects the fields of one line, and cuts it at the edge.
class Line {
 public:
  Line(std::size_t room, std::size_t indent, const TableLook& look)
      : look_(look), room_(room), text_(indent, ' ') {}

  void add(const Cell& cell, std::size_t width, Align align) {
    if (used_ >= room_) return;
    const auto fitting = std::min(width, room_ - used_);
    const auto words = shorten(cell.text, fitting, ellipsis(look_.charset));
    const auto padding = fitting - std::min(fitting, display_width(words));
    if (align == Align::right) skip(padding);
    if (!words.empty()) {
      text_.append(pending_, ' ');
      pending_ = 0;
      text_ += paint(words, cell.tone, look_.color);
    }
    if (align == Align::left) skip(padding);
    used_ += fitting;
    const auto gap = std::min(k_gap, room_ - used_);
    skip(gap);
    used_ += gap;
  }

  std::string take() && { return pending_only_indent() ? "\n" : std::move(text_) + "\n"; }

 private:
  // Spaces are held back until something follows them: no line ends with one.
  void skip(std::size_t columns) { pending_ += columns; }
  bool pending_only_indent() const { return text_.find_first_not_of(' ') == std::string::npos; }

  const TableLook& look_;
  std::size_t room_;
  std::size_t used_ = 0;
  std::size_t pending_ = 0;
  std::string text_;
};

}  // namespace

void Table::add(std::vector<Cell> row) {
  assert(row.size() == columns_.size());
  rows_.push_back(std::move(row));
}

std::string Table::text(const TableLook& look) const {
  std::vector<std::size_t> natural;
  for (std::size_t index = 0; index < columns_.size(); ++index) {
    auto width = display_width(columns_[index].title);
    for (const auto& row : rows_) width = std::max(width, display_width(row[index].text));
    natural.push_back(width);
  }
  const auto indent = std::min(look.indent, look.width);
  const auto room = look.width - indent;
  const auto layout = lay_out(columns_, natural, room);

  std::string out;
  const auto add_line = [&](const auto& cell_of) {
    Line line(room, indent, look);
    for (std::size_t at = 0; at < layout.shown.size(); ++at) {
      const auto index = layout.shown[at];
      line.add(cell_of(index), layout.widths[at], columns_[index].align);
    }
    out += std::move(line).take();
  };
  add_line([&](std::size_t index) { return Cell(columns_[index].title, Tone::heading); });
  for (const auto& row : rows_) {
    add_line([&](std::size_t index) -> const Cell& { return row[index]; });
  }
  return out;
}

}  // namespace rcache::render
