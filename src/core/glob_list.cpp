#include "core/glob_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace rcache {
namespace {

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

Result<GlobList> GlobList::parse(const std::vector<std::string>& typed, std::string_view what,
                                 const KeyPrefix& prefix) {
  GlobList list;
  for (const auto& text : typed) {
    // The person's own part is checked by itself, so that the message is about what was typed.
    auto own = Glob::parse(text);
    auto glob = own ? Glob::parse(prefix.on_pattern(text)) : std::move(own);
    if (!glob) {
      auto error = std::move(glob).error();
      error.message = fmt::format("{}: {}", what, error.message);
      return fail(std::move(error));
    }
    list.globs_.push_back(std::move(*glob));
  }
  return list;
}

bool GlobList::matches(std::string_view key) const {
  return std::any_of(globs_.begin(), globs_.end(),
                     [&](const Glob& glob) { return glob.matches(key); });
}

std::string GlobList::scan_match() const {
  if (globs_.empty()) return {};
  if (globs_.size() == 1) return globs_.front().text();
  const auto common = common_start(globs_);
  return common.empty() ? std::string() : escape_glob(common) + "*";
}

std::vector<std::string> GlobList::plain_keys() const {
  std::vector<std::string> keys;
  for (const auto& glob : globs_) {
    auto key = glob.literal();
    if (!key) return {};
    if (std::find(keys.begin(), keys.end(), *key) == keys.end()) keys.push_back(std::move(*key));
  }
  return keys;
}

std::vector<std::string> GlobList::doubts() const {
  std::vector<std::string> all;
  for (const auto& glob : globs_) {
    if (auto doubt = glob.doubt(); !doubt.empty()) all.push_back(std::move(doubt));
  }
  return all;
}

void GlobList::append(GlobList more) {
  std::move(more.globs_.begin(), more.globs_.end(), std::back_inserter(globs_));
}

}  // namespace rcache
