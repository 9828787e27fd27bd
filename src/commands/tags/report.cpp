#include "commands/tags/report.h"

#include <algorithm>
#include <tuple>

namespace rcache::tags {
namespace {

bool in_trouble(const TagTrouble& tag) {
  return tag.dead > 0 || tag.outliving > 0 || tag.no_ttl || tag.wrong_type;
}

bool worse(const TagTrouble& a, const TagTrouble& b) {
  const auto rank = [](const TagTrouble& tag) {
    return std::tuple(tag.outliving, tag.dead, tag.wrong_type, tag.no_ttl);
  };
  if (rank(a) != rank(b)) return rank(a) > rank(b);
  return a.key < b.key;
}

}  // namespace

std::string_view to_string(Problem problem) {
  switch (problem) {
    case Problem::dead_member:
      return "dead-member";
    case Problem::empty_tag:
      return "empty-tag";
    case Problem::outlives_tag:
      return "outlives-tag";
    case Problem::no_ttl:
      return "no-ttl";
    case Problem::wrong_type:
      return "wrong-type";
    case Problem::untagged:
      return "untagged";
  }
  return "";
}

std::uint64_t CheckReport::findings() const {
  return dead_members + empty_tags + outliving_members + (ttl_expected ? tags_without_ttl : 0) +
         wrong_types + untagged_keys.value_or(0);
}

void WorstTags::offer(TagTrouble tag) {
  if (!in_trouble(tag)) return;
  kept_.push_back(std::move(tag));
  if (kept_.size() < 2 * most_) return;
  std::nth_element(kept_.begin(), kept_.begin() + static_cast<std::ptrdiff_t>(most_), kept_.end(),
                   worse);
  kept_.resize(most_);
}

std::vector<TagTrouble> WorstTags::sorted() && {
  std::sort(kept_.begin(), kept_.end(), worse);
  if (kept_.size() > most_) kept_.resize(most_);
  return std::move(kept_);
}

}  // namespace rcache::tags
