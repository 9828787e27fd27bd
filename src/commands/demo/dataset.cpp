#include "commands/demo/dataset.h"

#include <utility>

#include "commands/demo/families.h"
#include "commands/demo/oddities.h"
#include "commands/demo/tags.h"
#include "commands/demo/traffic.h"

namespace rcache::demo {
namespace {

constexpr std::size_t k_commands_per_chunk = 400;

}  // namespace

Dataset::Dataset(Plan plan) : plan_(std::move(plan)) {
  const std::size_t hash_parts =
      (plan_.hash_fields + k_fields_per_command - 1) / k_fields_per_command;
  parts_ = {{plan_.spent_codes, write_spent_code},
            {plan_.reports, write_report},
            {plan_.exports, write_export},
            {plan_.flags, write_flag},
            {1, write_stream},
            {hash_parts, write_big_hash},
            {plan_.products, write_product},
            {plan_.categories, write_category_tag},
            {1, write_oddities},
            {plan_.profiles, write_profile},
            {plan_.profile_metas, write_profile_meta},
            {plan_.user_tags, write_user_tag},
            {plan_.sessions, write_session},
            {plan_.contacts, write_contacts},
            {plan_.orgs, write_org_tag},
            {1, write_odd_tags},
            {plan_.searches, write_search},
            {plan_.read_batches, read_batch},
            {plan_.rate_limits, write_rate_limit},
            {1, read_carelessly},
            {plan_.codes, write_code},
            {plan_.locks, write_lock},
            {plan_.spent_codes, read_spent_code}};
  for (const Part& part : parts_) size_ += part.count;
}

Chunk Dataset::next() {
  Chunk chunk;
  // A chunk never spans two parts: what one says about when it may be sent must not hold up
  // another.
  while (part_ < parts_.size() && chunk.commands.empty()) {
    const Part& part = parts_[part_];
    while (index_ < part.count && chunk.commands.size() < k_commands_per_chunk) {
      part.write(plan_, index_++, chunk);
      ++done_;
    }
    if (index_ == part.count) {
      ++part_;
      index_ = 0;
    }
  }
  return chunk;
}

}  // namespace rcache::demo
