#include "render/csv.h"

#include "commands/tags/render.h"
#include "core/key.h"

namespace rcache::tags {
namespace {

using render::CsvLine;

std::optional<std::int64_t> number(std::uint64_t count) {
  return static_cast<std::int64_t>(count);
}

std::string_view yes_no(bool yes) {
  return yes ? "true" : "false";
}

}  // namespace

std::string row_csv(const TagRow& row) {
  return CsvLine()
      .text(printable(row.tag))
      .text(printable(row.key))
      .text(printable(row.type))
      .number(row.members ? number(*row.members) : std::nullopt)
      .number(row.ttl_seconds)
      .str();
}

std::string row_csv(const MemberRow& row) {
  return CsvLine()
      .text(printable(row.key))
      .text(row.exists ? yes_no(*row.exists) : "")
      .number(row.ttl_seconds)
      .text(yes_no(row.outlives_tag))
      .str();
}

std::string row_csv(const Finding& finding) {
  return CsvLine()
      .text(to_string(finding.problem))
      .text(finding.tag ? printable(*finding.tag) : "")
      .text(printable(finding.key))
      .str();
}

std::string of_csv(std::string_view key, const std::vector<std::string>& tags) {
  std::string out = "key,tag\n";
  for (const auto& tag : tags) out += CsvLine().text(printable(key)).text(printable(tag)).str();
  return out;
}

std::string prune_csv(const PruneReport& report) {
  return std::string(k_prune_csv) + CsvLine()
                                        .text(yes_no(report.dry_run))
                                        .number(number(report.tags))
                                        .number(number(report.members))
                                        .number(number(report.dead_members))
                                        .number(number(report.removed_members))
                                        .number(number(report.kept))
                                        .number(number(report.failed))
                                        .text(yes_no(report.complete()))
                                        .str();
}

}  // namespace rcache::tags
