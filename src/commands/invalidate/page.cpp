#include "commands/invalidate/page.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "commands/invalidate/shell_word.h"
#include "core/key.h"
#include "core/units.h"
#include "render/chart.h"
#include "render/layout.h"

namespace rcache::invalidate {
namespace {

using render::Align;
using render::Table;

constexpr std::size_t k_narrow = 60;
constexpr std::size_t k_name_bytes = 1024;  // more than any line shows
constexpr std::size_t k_names = 5;
constexpr std::size_t k_page_groups = 10;

std::string shown(std::string_view name) {
  return name.empty() ? "\"\"" : printable(name, k_name_bytes);
}

std::uint64_t keys_of(std::vector<KeyGroup>::const_iterator first,
                      std::vector<KeyGroup>::const_iterator last) {
  return std::accumulate(first, last, std::uint64_t{0},
                         [](std::uint64_t sum, const auto& group) { return sum + group.keys; });
}

}  // namespace

void Page::remark(std::string_view name, std::string_view words) {
  const auto whole = fmt::format("{}: {}", name, words);
  if (display_width(whole) <= room()) return fact("", {whole});
  fact("", {fmt::format("{}:", name)});
  for (const auto& line : render::wrap(words, room() - 2)) fact("", {"  " + line});
}

void Page::command(std::string_view introduction, std::string_view command, std::string_view path) {
  const auto whole = fmt::format("{} {} {}", introduction, command, shell_word(path));
  if (display_width(whole) <= room()) return fact("", {whole});
  fact("", {std::string(introduction)});
  for (const auto& line : shell_lines(command, path, width())) this->line(line);
}

void Page::groups(const std::vector<KeyGroup>& groups, bool folded) {
  if (groups.empty()) return;
  Table table({{"Key pattern", Align::left, true},
               {"keys", Align::right},
               {"share", Align::right, false, true},
               {"", Align::left, false, true}});
  const auto shown_end =
      groups.begin() + static_cast<std::ptrdiff_t>(std::min(groups.size(), k_page_groups));
  const auto all = std::max<std::uint64_t>(keys_of(groups.begin(), groups.end()), 1);
  const std::size_t bar_width = width() < k_narrow ? 10 : 20;
  for (auto group = groups.begin(); group != shown_end; ++group) {
    const double share = static_cast<double>(group->keys) / static_cast<double>(all);
    table.add({shown(group->pattern), format_count(group->keys), format_ratio(share),
               render::bar(share, bar_width, charset())});
  }
  blank();
  this->table(table);
  if (shown_end != groups.end()) {
    const auto more = static_cast<std::uint64_t>(groups.end() - shown_end);
    paragraph(fmt::format("... and {} with {}", counted(more, "more pattern"),
                          counted(keys_of(shown_end, groups.end()), "key")));
  }
  if (folded) paragraph("Rare key patterns are counted in wider ones.");
}

std::string Page::name(std::string_view bytes, std::size_t reserved) const {
  return shorten(shown(bytes), room() - std::min(room(), reserved), render::ellipsis(charset()));
}

std::vector<std::string> Page::names(const std::vector<std::string>& all) const {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < std::min(all.size(), k_names); ++at) out.push_back(name(all[at]));
  if (all.size() > k_names) out.push_back(fmt::format("and {} more", all.size() - k_names));
  return out;
}

}  // namespace rcache::invalidate
