#include "commands/audit_ttl/choice.h"

namespace rcache::audit_ttl {

Result<Choice> Choice::make(const Options& options, const std::vector<std::string>& protect,
                            const KeyPrefix& prefix) {
  Choice choice;
  // Without a pattern every key is meant; with a key prefix, every key of that application.
  auto typed = options.patterns;
  if (typed.empty() && !prefix.empty()) typed = {"*"};
  auto patterns = GlobList::parse(typed, "pattern", prefix);
  if (!patterns) return fail(std::move(patterns).error());
  auto exclude = GlobList::parse(options.exclude, "--exclude", prefix);
  if (!exclude) return fail(std::move(exclude).error());
  auto typed_protect = GlobList::parse(options.protect, "--protect", prefix);
  if (!typed_protect) return fail(std::move(typed_protect).error());
  auto profile_protect = GlobList::parse(protect, "protect in the profile", prefix);
  if (!profile_protect) return fail(std::move(profile_protect).error());
  choice.patterns_ = std::move(*patterns);
  choice.exclude_ = std::move(*exclude);
  choice.protect_ = std::move(*typed_protect);
  choice.protect_.append(std::move(*profile_protect));
  return choice;
}

std::vector<std::string> Choice::doubts() const {
  std::vector<std::string> all;
  for (const auto* globs : {&patterns_, &exclude_, &protect_}) {
    for (auto& doubt : globs->doubts()) all.push_back(std::move(doubt));
  }
  return all;
}

}  // namespace rcache::audit_ttl
