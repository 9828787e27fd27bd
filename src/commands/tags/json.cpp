#include <nlohmann/json.hpp>

#include "commands/tags/render.h"

namespace rcache::tags {
namespace {

using render::Json;
using render::key_json;
using render::number_json;
using render::text_json;

Json count_json(const std::optional<std::uint64_t>& count) {
  return count ? Json(*count) : Json(nullptr);
}

void add_completeness(Json& out, const std::vector<std::string>& reasons) {
  out["complete"] = reasons.empty();
  out["reasons"] = Json::array();
  for (const auto& reason : reasons) out["reasons"].push_back(text_json(reason));
}

Json schema(std::string_view command) {
  auto out = Json::object();
  out["schema"] = "rcache." + std::string(command) + "/1";
  return out;
}

}  // namespace

Json row_json(const TagRow& row) {
  auto out = Json::object();
  out["tag"] = key_json(row.tag);
  out["key"] = key_json(row.key);
  out["type"] = text_json(row.type);
  out["members"] = count_json(row.members);
  out["ttl_seconds"] = number_json(row.ttl_seconds);
  return out;
}

Json row_json(const MemberRow& row) {
  auto out = Json::object();
  out["key"] = key_json(row.key);
  out["exists"] = row.exists ? Json(*row.exists) : Json(nullptr);
  out["ttl_seconds"] = number_json(row.ttl_seconds);
  out["outlives_tag"] = row.outlives_tag;
  return out;
}

Json row_json(const Finding& finding) {
  auto out = Json::object();
  out["tag"] = finding.tag ? key_json(*finding.tag) : Json(nullptr);
  out["kind"] = std::string(to_string(finding.problem));
  out["key"] = key_json(finding.key);
  return out;
}

Json tags_head() {
  return schema("tags");
}

Json shown_head(const ShownTag& shown) {
  auto out = schema("tags-show");
  out["tag"] = key_json(shown.tag);
  out["key"] = shown.key ? key_json(*shown.key) : Json(nullptr);
  out["ttl_seconds"] = number_json(shown.ttl_seconds);
  return out;
}

Json shown_rest(const ShownTag& shown, const std::vector<std::string>& reasons) {
  auto out = Json::object();
  out["live"] = shown.live;
  out["dead"] = shown.dead;
  out["outliving"] = shown.outliving;
  out["unknown"] = shown.unknown;
  add_completeness(out, reasons);
  return out;
}

Json check_head() {
  return schema("tags-check");
}

Json check_rest(const CheckReport& report) {
  auto out = Json::object();
  out["layout"] = text_json(report.layout);
  out["tags"] = report.tags;
  out["members"] = report.members;
  out["dead_members"] = report.dead_members;
  out["empty_tags"] = report.empty_tags;
  out["outliving_members"] = report.outliving_members;
  out["tags_without_ttl"] = report.tags_without_ttl;
  out["wrong_types"] = report.wrong_types;
  out["untagged_keys"] = count_json(report.untagged_keys);
  out["unknown_members"] = report.unknown_members;
  out["own_lookups"] = report.own_lookups;
  add_completeness(out, report.reasons);
  return out;
}

Json completeness(const std::vector<std::string>& reasons) {
  auto out = Json::object();
  add_completeness(out, reasons);
  return out;
}

std::string of_json(std::string_view key, const std::vector<std::string>& tags,
                    const std::vector<std::string>& reasons, render::JsonLayout layout) {
  auto out = schema("tags-of");
  out["key"] = key_json(key);
  out["tags"] = Json::array();
  for (const auto& tag : tags) out["tags"].push_back(key_json(tag));
  add_completeness(out, reasons);
  return render::dump(out, layout);
}

std::string prune_json(const PruneReport& report, render::JsonLayout layout) {
  auto out = schema("tags-prune");
  out["dry_run"] = report.dry_run;
  out["removed_members"] = report.removed_members;
  out["kept"] = report.kept;
  out["tags"] = report.tags;
  out["members"] = report.members;
  out["dead_members"] = report.dead_members;
  out["already_gone"] = report.already;
  out["failed"] = report.failed;
  out["protected_tags"] = report.protected_tags;
  add_completeness(out, report.reasons);
  return render::dump(out, layout);
}

}  // namespace rcache::tags
