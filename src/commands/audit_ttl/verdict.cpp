#include "commands/audit_ttl/verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "commands/audit_ttl/interval.h"
#include "commands/audit_ttl/report.h"
#include "commands/audit_ttl/words.h"
#include "core/units.h"

namespace rcache::audit_ttl {
namespace {

/// What is left to answer for, by kind.
Offences open_offences(const AuditReport& report) {
  auto open = report.baseline ? report.baseline->added : offences_of(report);
  if (!report.repair || report.repair->dry_run) return open;
  const auto& repair = *report.repair;
  // Those that were repaired, or ended or got a TTL in the meantime, are offenders no longer.
  open[Offence::missing] = std::min(open[Offence::missing], repair.failed + repair.protected_keys);
  return open;
}

/// Where --max-missing stands.
enum class Standing { within, beyond, undecided };

Standing stand(const AuditReport& report, const MaxMissing& limit, std::uint64_t missing,
               std::vector<std::string>& reasons) {
  const auto looked_at = report.with_ttl + report.without_ttl;
  if (report.sample && report.sample->keys != report.sample->population) {
    const auto& sample = *report.sample;
    if (!limit.is_ratio && sample.population == 0) return Standing::undecided;
    const double allowed =
        limit.is_ratio ? limit.value : limit.value / static_cast<double>(sample.population);
    const auto interval = sample_interval(missing, sample.keys, sample.population);
    const auto range = fmt::format("{} to {} of the keys have no TTL and must have one (95%)",
                                   format_ratio(interval.low), format_ratio(interval.high));
    if (interval.low > allowed) {
      reasons.push_back(range + fmt::format("; {} are allowed", limit.text));
      return Standing::beyond;
    }
    if (interval.high <= allowed) return Standing::within;
    reasons.push_back(
        range +
        fmt::format("; the sample is too small to say whether more than {} are", limit.text));
    return Standing::undecided;
  }
  const double allowed =
      limit.is_ratio ? limit.value * static_cast<double>(looked_at) : limit.value;
  if (static_cast<double>(missing) <= allowed) return Standing::within;
  reasons.push_back(
      fmt::format("{} no TTL and must have one; {} are allowed", keys_have(missing), limit.text));
  return Standing::beyond;
}

void say_healthy(const AuditReport& report, Verdict& verdict) {
  auto& reasons = verdict.reasons;
  if (report.repair && !report.repair->dry_run && report.repair->repaired > 0) {
    reasons.push_back(fmt::format("{} a TTL now", keys_have(report.repair->repaired)));
  }
  if (report.with_ttl + report.without_ttl == 0) {
    const bool all = report.patterns.empty() && report.excludes.empty();
    reasons.emplace_back(all ? "there is no key" : "no key matches");
  } else if (verdict.violations == 0) {
    reasons.push_back(report.policy.empty() ? "every key has a TTL"
                                            : "every key keeps the policy's rules");
  } else if (report.baseline && verdict.new_violations == 0) {
    reasons.push_back(
        fmt::format("nothing new: {} known to the baseline", keys_are(report.baseline->known)));
  } else if (verdict.new_violations > 0 && report.max_missing) {
    reasons.push_back(fmt::format("{} no TTL and must have one, within the {} that are allowed",
                                  keys_have(verdict.new_violations), report.max_missing->text));
  }
  if (report.sample && report.sample->keys != report.sample->population) {
    const auto& sample = *report.sample;
    const auto interval = sample_interval(verdict.new_violations, sample.keys, sample.population);
    reasons.push_back(fmt::format("a sample of {}: up to {} of all keys may be wrong (95%)",
                                  counted(sample.keys, "key"), format_ratio(interval.high)));
  }
}

}  // namespace

Result<MaxMissing> parse_max_missing(std::string_view text) {
  MaxMissing out;
  out.text = std::string(text);
  out.is_ratio = text.ends_with('%');
  if (out.is_ratio) {
    auto ratio = parse_ratio(text);
    if (!ratio) return fail(std::move(ratio).error());
    out.value = *ratio;
    return out;
  }
  const auto count = parse_count(text);
  if (!count) {
    return fail(ErrorKind::usage,
                fmt::format("'{}' is neither a number of keys nor a share (try 100 or 0.5%)",
                            in_quotes(text)));
  }
  out.value = static_cast<double>(*count);
  return out;
}

std::string_view to_string(Ending ending) {
  switch (ending) {
    case Ending::findings:
      return "findings";
    case Ending::incomplete:
      return "incomplete";
    case Ending::healthy:
      break;
  }
  return "ok";
}

std::uint64_t failing(const AuditReport& report, const Offences& offences) {
  return offences.total() - (report.verdict.missing_fails ? 0 : offences[Offence::missing]);
}

Verdict judge(const AuditReport& report) {
  Verdict out;
  const auto open = open_offences(report);
  out.violations = offences_of(report).total();
  out.new_violations = open.total();

  const auto* const fresh = report.baseline ? " beyond the baseline" : "";
  bool findings = false;
  bool undecided = false;
  const auto missing = open[Offence::missing];
  if (report.max_missing) {
    const auto standing = stand(report, *report.max_missing, missing, out.reasons);
    findings = standing == Standing::beyond;
    out.missing_fails = standing != Standing::within;
    undecided = standing == Standing::undecided;
  } else if (missing > 0) {
    findings = true;
    out.missing_fails = true;
    out.reasons.push_back(fmt::format("{} no TTL and must have one{}", keys_have(missing), fresh));
  }
  for (const auto kind : {Offence::too_long, Offence::too_short, Offence::unwanted}) {
    if (open[kind] == 0) continue;
    findings = true;
    out.reasons.push_back(fmt::format("{} {}{}", keys_have(open[kind]), words_of(kind), fresh));
  }
  if (!report.complete) {
    out.ending = Ending::incomplete;
    out.reasons.insert(out.reasons.begin(), report.reasons.begin(), report.reasons.end());
    if (out.reasons.empty()) out.reasons.emplace_back("not everything was seen");
    return out;
  }
  if (findings) {
    out.ending = Ending::findings;
  } else if (undecided) {
    out.ending = Ending::incomplete;
    if (out.reasons.empty()) {
      out.reasons.emplace_back(
          "how many keys there are is unknown: --max-missing of a sample "
          "wants a share, such as 1%");
    }
  } else {
    say_healthy(report, out);
  }
  return out;
}

}  // namespace rcache::audit_ttl
