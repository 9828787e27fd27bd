#pragma once

#include <string>
#include <vector>

#include "commands/flags.h"

namespace rcache::tags {

/// What was typed behind `rcache tags`. All its commands share the flags, so that one may stand
/// before a command's name or behind it.
struct Options {
  LayoutChoice naming;
  std::string tag;                ///< of `show`
  std::string key;                ///< of `of`
  std::vector<std::string> tags;  ///< of `check`; empty: all
  std::string pattern;            ///< of `check`; empty: keys without a tag are not looked for
  bool dry_run = false;
  Yes yes;
  Format format = Format::text;
};

}  // namespace rcache::tags
