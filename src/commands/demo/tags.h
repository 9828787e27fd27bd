#pragma once

#include <cstddef>

#include "commands/demo/chunk.h"
#include "commands/demo/plan.h"

namespace rcache::demo {

/// How a tag set is kept. Each is a finding of its own for those who check tags.
enum class TagCare {
  good,          ///< holds what it should and outlives its members
  no_ttl,        ///< never goes away
  dead_members,  ///< names keys that are gone
  short_lived    ///< goes before some of its members: then nothing can invalidate those
};

/// In: org, from 1 to `plan.orgs`.
TagCare org_tag_care(std::size_t org);
/// In: category, from 1 to `plan.categories`.
TagCare category_tag_care(std::size_t category);
/// Whether a page of contacts is in no tag: written by a path that forgot it.
bool is_untagged(std::size_t contacts_index);

/// One tag:contacts:org:N with all pages of that org. In: index, org - 1.
void write_org_tag(const Plan& plan, std::size_t index, Chunk& chunk);
/// One cachetag:catalog:category:N. In: index, category - 1.
void write_category_tag(const Plan& plan, std::size_t index, Chunk& chunk);
/// One tag:user:N with that user's profile and its companion.
void write_user_tag(const Plan& plan, std::size_t index, Chunk& chunk);
/// Two tags of orgs that were deleted (every member is dead), and a string that is named like a
/// tag.
void write_odd_tags(const Plan& plan, std::size_t index, Chunk& chunk);

}  // namespace rcache::demo
