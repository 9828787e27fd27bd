#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "commands/tags/report.h"
#include "render/json.h"
#include "render/style.h"

namespace rcache::tags {

using render::TextLook;

// One row of each list.
render::Json row_json(const TagRow& row);
std::string row_csv(const TagRow& row);
render::Json row_json(const MemberRow& row);
std::string row_csv(const MemberRow& row);
/// A line of its own, so that a list of any length can be written as it comes.
std::string row_text(const MemberRow& row, const TextLook& look);
render::Json row_json(const Finding& finding);
std::string row_csv(const Finding& finding);

inline constexpr std::string_view k_tags_csv = "tag,key,type,members,ttl_seconds\n";
inline constexpr std::string_view k_members_csv = "key,exists,ttl_seconds,outlives_tag\n";
inline constexpr std::string_view k_findings_csv = "kind,tag,key\n";
inline constexpr std::string_view k_prune_csv =
    "dry_run,tags,members,dead_members,removed_members,kept,failed,complete\n";

// What stands before a list, and behind it.
render::Json tags_head();
render::Json shown_head(const ShownTag& shown);
render::Json shown_rest(const ShownTag& shown, const std::vector<std::string>& reasons);
render::Json check_head();
render::Json check_rest(const CheckReport& report);
render::Json completeness(const std::vector<std::string>& reasons);

std::string tags_text(const std::vector<TagRow>& rows, const std::vector<std::string>& containers,
                      const std::vector<std::string>& reasons, const TextLook& look);
std::string shown_head_text(const ShownTag& shown, const TextLook& look);
std::string shown_rest_text(const ShownTag& shown, const std::vector<std::string>& reasons,
                            const TextLook& look);
std::string check_text(const CheckReport& report, const TextLook& look);

/// `tags of`: the tags, sorted.
std::string of_json(std::string_view key, const std::vector<std::string>& tags,
                    const std::vector<std::string>& reasons, render::JsonLayout layout);
std::string of_csv(std::string_view key, const std::vector<std::string>& tags);
std::string of_text(std::string_view key, const std::vector<std::string>& tags,
                    const std::vector<std::string>& reasons, const TextLook& look);

std::string prune_json(const PruneReport& report, render::JsonLayout layout);
std::string prune_csv(const PruneReport& report);
std::string prune_text(const PruneReport& report, const TextLook& look);

}  // namespace rcache::tags
