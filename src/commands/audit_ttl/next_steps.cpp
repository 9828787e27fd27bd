#include "commands/audit_ttl/next_steps.h"

#include <fmt/format.h>

#include "commands/audit_ttl/words.h"
#include "core/units.h"

namespace rcache::audit_ttl {
namespace {

/// The time in which the keys of a cliff should rather expire: a tenth of what is left.
std::string jitter_for(const Cliff& cliff, std::int64_t now_unix_ms) {
  constexpr std::int64_t k_minute_ms = 60'000;
  const auto left = std::max<std::int64_t>(cliff.at_unix_ms - now_unix_ms, 0);
  return lifetime(std::max(left / 10 / k_minute_ms * k_minute_ms, std::int64_t{10'000}));
}

}  // namespace

std::vector<NextStep> next_steps(const AuditReport& report) {
  std::vector<NextStep> out;
  const auto offences = offences_of(report);
  if (!report.complete) {
    out.push_back({"This is no verdict: mend what could not be seen, and run it again."});
  }
  if (report.verdict.missing_fails && !report.repair && offences[Offence::missing] > 0) {
    out.push_back({"Let the code that writes them set a TTL. To give one to those that have none:",
                   "rcache audit-ttl --set-ttl 1h --jitter 10m --dry-run"});
    if (!report.baseline && !report.sample) {
      out.push_back({"To accept what is there and fail only for more of it:",
                     "rcache audit-ttl --write-baseline base.json"});
    }
  }
  if (offences[Offence::too_long] > 0 && report.policy == "default") {
    out.push_back({"Does the default policy not know your windows? Begin with a copy of it:",
                   "rcache help policies"});
  }
  if (report.baseline && report.baseline->paid > 0 && report.baseline->added.total() == 0) {
    out.push_back(
        {fmt::format("{} of the baseline paid. To keep it so, write it anew with "
                     "--write-baseline.",
                     keys_are(report.baseline->paid))});
  }
  if (!report.cliffs.empty()) {
    const auto& cliff = report.cliffs.front();
    out.push_back(
        {fmt::format("{}: the database meets all their misses at once. Write them with a "
                     "random part in the TTL, such as {} here.",
                     words_of(cliff, report.at_unix_ms), jitter_for(cliff, report.at_unix_ms))});
  }
  return out;
}

}  // namespace rcache::audit_ttl
