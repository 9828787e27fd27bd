#include <nlohmann/json.hpp>

#include "commands/restore/render.h"
#include "render/json.h"

namespace rcache::restore {
namespace {

using render::Json;

Json words_json(const std::vector<std::string>& lines) {
  auto out = Json::array();
  for (const auto& line : lines) out.push_back(render::text_json(line));
  return out;
}

Json failures_json(const std::vector<Failure>& failures) {
  auto out = Json::array();
  for (const auto& failure : failures) {
    out.push_back({{"offset", failure.offset},
                   {"key", failure.key.empty() ? Json(nullptr) : render::key_json(failure.key)},
                   {"why", render::text_json(failure.why)}});
  }
  return out;
}

}  // namespace

std::string json(const RestoreReport& report) {
  auto out = Json::object();
  out["schema"] = "rcache.restore/1";
  out["records"] = report.records;
  out["restored"] = report.restored;
  out["existing"] = report.existing;
  out["expired"] = report.expired;
  out["failed"] = report.failed;
  out["complete"] = report.complete;
  out["dry_run"] = report.dry_run;
  out["replace"] = report.replace;
  out["superseded"] = report.superseded;
  out["filtered"] = report.filtered;
  out["damaged"] = report.damaged;
  out["tag_members"] = report.tag_members;
  out["torn_bytes"] = report.torn_bytes;
  out["ended"] = report.ended;
  out["reason"] = report.reason;
  out["reasons"] = words_json(report.reasons);
  out["failures"] = failures_json(report.failures);
  out["file"] = render::key_json(report.file);
  out["elapsed_seconds"] = static_cast<double>(report.elapsed.count()) / 1000;
  return render::dump(out, render::JsonLayout::indented);
}

}  // namespace rcache::restore
