#include "commands/restore/tally.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "core/units.h"

namespace rcache::restore {
namespace {

constexpr std::size_t k_named_failures = 20;

void add_reason(RestoreReport& report, std::uint64_t count, std::string_view what) {
  if (count == 0) return;
  report.reasons.push_back(
      fmt::format("{} {} {}", format_count(count), count == 1 ? "record" : "records", what));
}

}  // namespace

RestoreReport begin_report(const Options& options, const backup::Summary& summary) {
  RestoreReport report;
  report.file = options.file;
  report.dry_run = options.dry_run;
  report.replace = options.replace;
  report.records = summary.values;
  report.torn_bytes = summary.torn_bytes;
  report.ended = summary.end.has_value();
  for (const auto& damage : summary.damage) add_failure(report, {damage.offset, "", damage.what});
  report.damaged = summary.damaged;
  report.failed = summary.damaged;  // the summary does not name them all
  return report;
}

void add_failure(RestoreReport& report, Failure failure) {
  ++report.failed;
  auto& named = report.failures;
  const auto place =
      std::upper_bound(named.begin(), named.end(), failure,
                       [](const Failure& a, const Failure& b) { return a.offset < b.offset; });
  if (place == named.end() && named.size() == k_named_failures) return;
  named.insert(place, std::move(failure));
  if (named.size() > k_named_failures) named.pop_back();
}

void end_report(RestoreReport& report, std::optional<Stop> stop) {
  add_reason(report, report.damaged, "of the file cannot be read");
  add_reason(report, report.failed - report.damaged, "could not be put back");
  if (stop) {
    report.reason = std::move(stop->reason);
    if (!stop->why.empty()) report.reasons.push_back(std::move(stop->why));
    return;
  }
  report.complete = report.failed == 0;
  report.reason = report.dry_run ? "dry-run" : report.complete ? "done" : "failed-records";
}

}  // namespace rcache::restore
