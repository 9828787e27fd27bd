#include "commands/invalidate/selection.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/key.h"
#include "redis/slot.h"

namespace rcache::invalidate {
namespace {

Result<std::vector<Glob>> globs(const std::vector<std::string>& typed, std::string_view what,
                                const KeyPrefix& prefix) {
  std::vector<Glob> all;
  for (const auto& text : typed) {
    // The person's own part is checked by itself, so that the message is about what was typed.
    auto own = Glob::parse(text);
    auto glob = own ? Glob::parse(prefix.on_pattern(text)) : std::move(own);
    if (!glob) {
      auto error = std::move(glob).error();
      error.message = fmt::format("{}: {}", what, error.message);
      return fail(std::move(error));
    }
    all.push_back(std::move(*glob));
  }
  return all;
}

bool any_matches(const std::vector<Glob>& globs, std::string_view key) {
  return std::any_of(globs.begin(), globs.end(),
                     [&](const Glob& glob) { return glob.matches(key); });
}

std::string common_start(const std::vector<Glob>& globs) {
  std::string common = globs.front().literal_prefix();
  for (const auto& glob : globs) {
    const auto& other = glob.literal_prefix();
    const auto end = std::mismatch(common.begin(), common.end(), other.begin(), other.end()).first;
    common.erase(end, common.end());
  }
  return common;
}

}  // namespace

Result<Selection> Selection::make(const Options& options, const std::vector<std::string>& protect,
                                  const KeyPrefix& prefix) {
  Selection selection;
  auto patterns = globs(options.patterns, "pattern", prefix);
  if (!patterns) return fail(std::move(patterns).error());
  auto exclude = globs(options.exclude, "--exclude", prefix);
  if (!exclude) return fail(std::move(exclude).error());
  auto typed_protect = globs(options.protect, "--protect", prefix);
  if (!typed_protect) return fail(std::move(typed_protect).error());
  auto profile_protect = globs(protect, "protect in the profile", prefix);
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
  std::move(profile_protect->begin(), profile_protect->end(),
            std::back_inserter(selection.protect_));
  return selection;
}

Verdict Selection::judge(std::string_view key) const {
  return any_matches(patterns_, key) ? judge_member(key) : Verdict::other;
}

Verdict Selection::judge_member(std::string_view key) const {
  if (any_matches(exclude_, key)) return Verdict::other;
  return any_matches(protect_, key) ? Verdict::kept : Verdict::selected;
}

std::string Selection::scan_match() const {
  if (patterns_.size() == 1) return patterns_.front().text();
  const auto common = common_start(patterns_);
  return common.empty() ? std::string() : escape_glob(common) + "*";
}

std::vector<std::string> Selection::plain_keys() const {
  std::vector<std::string> keys;
  for (const auto& glob : patterns_) {
    auto key = glob.literal();
    if (!key) return {};
    if (std::find(keys.begin(), keys.end(), *key) == keys.end()) keys.push_back(std::move(*key));
  }
  return keys;
}

std::optional<redis::SlotSet> Selection::slots() const {
  redis::SlotSet slots;
  for (const auto& glob : patterns_) {
    if (const auto key = glob.literal()) {
      slots.set(redis::key_slot(*key));
    } else if (const auto tag = glob.hash_tag()) {
      slots.set(redis::key_slot(*tag));
    } else {
      return std::nullopt;
    }
  }
  return slots;
}

std::vector<std::string> Selection::doubts() const {
  std::vector<std::string> all;
  for (const auto* globs : {&patterns_, &exclude_, &protect_}) {
    for (const auto& glob : *globs) {
      if (auto doubt = glob.doubt(); !doubt.empty()) all.push_back(std::move(doubt));
    }
  }
  return all;
}

}  // namespace rcache::invalidate
