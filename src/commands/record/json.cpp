#include <nlohmann/json.hpp>

#include "commands/record/render.h"
#include "render/json.h"

namespace rcache::record {
namespace {

using render::Json;

Json node_json(const CapturedNode& node) {
  Json out;
  out["address"] = render::text_json(node.address);
  out["lines"] = node.lines;
  out["received_bytes"] = node.bytes;
  out["most_behind_seconds"] = static_cast<double>(node.most_behind_ms) / 1000;
  out["most_waiting_bytes"] = render::number_json(node.most_waiting_bytes);
  out["error"] = node.error.empty() ? Json(nullptr) : render::text_json(node.error);
  return out;
}

}  // namespace

std::string json(const RecordReport& report) {
  auto out = Json::object();
  out["schema"] = "rcache.record/1";
  out["file"] = render::key_json(report.file);
  out["complete"] = report.captured.complete();
  out["reason"] = to_string(report.captured.end);
  out["detail"] =
      report.captured.detail.empty() ? Json(nullptr) : render::text_json(report.captured.detail);
  out["plain_keys"] = report.plain_keys;
  out["elapsed_seconds"] = static_cast<double>(report.captured.elapsed.count()) / 1000;
  out["lines"] = report.lines;
  out["events"] = report.events;
  auto verbs = Json::object();
  for (std::size_t verb = 0; verb < trace::k_verb_count; ++verb) {
    verbs[std::string(trace::to_string(static_cast<trace::Verb>(verb)))] = report.verbs[verb];
  }
  out["verbs"] = std::move(verbs);
  out["other_commands"] = report.other;
  out["filtered"] = report.filtered;
  out["malformed"] = report.malformed;
  out["file_bytes"] = report.file_bytes;
  auto nodes = Json::array();
  for (const auto& node : report.captured.nodes) nodes.push_back(node_json(node));
  out["nodes"] = std::move(nodes);
  auto gaps = Json::array();
  for (const auto& gap : report.captured.gaps) gaps.push_back(render::text_json(gap));
  out["gaps"] = std::move(gaps);
  return render::dump(out, render::JsonLayout::indented);
}

}  // namespace rcache::record
