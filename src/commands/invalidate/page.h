#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "commands/invalidate/render.h"
#include "core/key_pattern.h"
#include "render/screen.h"

namespace rcache::invalidate {

/// A screen with what a plan and a receipt have in common.
class Page : public render::Screen {
 public:
  using Screen::Screen;

  /// Under a fact: "name: words", or the words on lines of their own where they do not fit.
  void remark(std::string_view name, std::string_view words);

  /// Under a fact: the command that puts a path to use, so that it can be copied: where it does not
  /// fit it begins a line, and is broken as shells allow.
  void command(std::string_view introduction, std::string_view command, std::string_view path);

  /// The biggest key patterns with their share of all, and how many more there are. Nothing when
  /// there are none.
  void groups(const std::vector<KeyGroup>& groups, bool folded);

  /// A name from outside (a key, pattern, tag, path), printable and cut to the room beside labels
  /// and `reserved` columns; the empty one reads `""`.
  std::string name(std::string_view bytes, std::size_t reserved = 0) const;
  /// The first five of them, and how many more there are.
  std::vector<std::string> names(const std::vector<std::string>& all) const;
};

}  // namespace rcache::invalidate
