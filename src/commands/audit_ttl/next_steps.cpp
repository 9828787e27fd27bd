#include "commands/audit_ttl/next_steps.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

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

/// A word as a shell takes it; empty where that would be more of a riddle than a help.
std::string shell_word(std::string_view word) {
  constexpr std::string_view k_safe =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:@+-";
  if (word.empty() || word.size() > 60 || word.front() == '-') return {};
  if (word.find_first_not_of(k_safe) == std::string_view::npos) return std::string(word);
  const bool quotable = std::ranges::all_of(
      word, [](char letter) { return letter >= ' ' && letter <= '~' && letter != '\''; });
  return quotable ? fmt::format("'{}'", word) : "";
}

/// "rcache audit-ttl" with what made this report, so that the next one is about the same keys.
std::string command(const AuditReport& report, std::string_view flags) {
  std::string out = "rcache audit-ttl";
  const auto add = [&](std::string_view flag, const std::string& value) {
    const auto word = shell_word(value);
    out.append(flag).append(" ").append(word.empty() ? "..." : word);
  };
  if (!report.policy.empty()) add(" --policy", report.policy);
  for (const auto& exclude : report.excludes) add(" --exclude", exclude);
  for (const auto& pattern : report.patterns) add("", pattern);
  return out.append(" ").append(flags);
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
                   command(report, "--set-ttl 1h --jitter 10m --dry-run")});
    if (!report.baseline && !report.sample) {
      out.push_back({"To accept what is there and fail only for more of it:",
                     command(report, "--write-baseline base.json")});
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
