#include "commands/invalidate/selection.h"

#include <fmt/format.h>

#include "core/key.h"
#include "redis/slot.h"

namespace rcache::invalidate {

Result<Selection> Selection::make(const Options& options, const std::vector<std::string>& protect,
                                  const KeyPrefix& prefix) {
  Selection selection;
  auto patterns = GlobList::parse(options.patterns, "pattern", prefix);
  if (!patterns) return fail(std::move(patterns).error());
  auto exclude = GlobList::parse(options.exclude, "--exclude", prefix);
  if (!exclude) return fail(std::move(exclude).error());
  auto typed_protect = GlobList::parse(options.protect, "--protect", prefix);
  if (!typed_protect) return fail(std::move(typed_protect).error());
  auto profile_protect = GlobList::parse(protect, "protect in the profile", prefix);
  if (!profile_protect) return fail(std::move(profile_protect).error());

  if (!options.all) {
    for (const auto& text : options.patterns) {
      const auto typed = Glob::parse(text);
      if (typed && typed->matches_everything()) {
        return fail(ErrorKind::refused, fmt::format("'{}' matches every key", printable(text)),
                    "add --all when the whole database is meant");
      }
    }
  }
  selection.patterns_ = std::move(*patterns);
  selection.exclude_ = std::move(*exclude);
  selection.protect_ = std::move(*typed_protect);
  selection.protect_.append(std::move(*profile_protect));
  return selection;
}

Verdict Selection::judge(std::string_view key) const {
  return patterns_.matches(key) ? judge_member(key) : Verdict::other;
}

Verdict Selection::judge_member(std::string_view key) const {
  if (exclude_.matches(key)) return Verdict::other;
  return protect_.matches(key) ? Verdict::kept : Verdict::selected;
}

std::optional<redis::SlotSet> Selection::slots() const {
  return redis::slots_of(patterns_);
}

std::vector<std::string> Selection::doubts() const {
  std::vector<std::string> all;
  for (const auto* globs : {&patterns_, &exclude_, &protect_}) {
    for (auto& doubt : globs->doubts()) all.push_back(std::move(doubt));
  }
  return all;
}

}  // namespace rcache::invalidate
