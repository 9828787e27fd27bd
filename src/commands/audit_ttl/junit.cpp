#include "render/junit.h"

#include <fmt/format.h>

#include "commands/audit_ttl/render.h"
#include "commands/audit_ttl/words.h"

namespace rcache::audit_ttl {
namespace {

using render::JunitCase;
using Outcome = JunitCase::Result;

std::string lines(const std::vector<std::string>& all) {
  return fmt::format("{}", fmt::join(all, "\n"));
}

std::string examples_of(const std::vector<std::string>& keys) {
  std::string out;
  for (const auto& key : keys) out += (out.empty() ? "for example:\n  " : "\n  ") + shown(key);
  return out;
}

JunitCase completeness(const AuditReport& report) {
  JunitCase out{"rcache.audit-ttl", "everything was seen"};
  if (report.verdict.ending == Ending::incomplete) {
    out.result = Outcome::error;
    out.message = report.verdict.reasons.front();
    out.details = lines(report.verdict.reasons);
  } else {
    out.details = lines(report.notes);
  }
  return out;
}

/// A rule or group: failed when it has offenders that count.
JunitCase judged(const AuditReport& report, std::string kind, std::string name,
                 const Offences& offences, const std::vector<std::string>& examples,
                 const std::string& reason) {
  JunitCase out{"rcache.audit-ttl." + std::move(kind), std::move(name)};
  if (offences.total() == 0) return out;
  const auto examples_text = examples_of(examples);
  // With a baseline the new debt has cases of its own.
  if (report.baseline || failing(report, offences) == 0) {
    out.details = fmt::format("{} (known to the baseline or within --max-missing)\n{}",
                              summary(offences), examples_text);
    return out;
  }
  out.result = Outcome::failed;
  out.message = summary(offences);
  out.details = (reason.empty() ? "" : reason + "\n") + examples_text;
  return out;
}

void add_debt(const AuditReport& report, std::vector<JunitCase>& cases) {
  if (!report.baseline) return;
  if (report.baseline->added.total() == 0)
    cases.push_back({"rcache.audit-ttl.baseline", "no new debt"});
  for (const auto& change : report.baseline->changes) {
    if (change.added == 0) continue;
    Offences added;
    added[change.kind] = change.added;
    JunitCase out{"rcache.audit-ttl.baseline",
                  fmt::format("{} ({})", change.pattern, to_string(change.kind))};
    if (failing(report, added) > 0) {
      out.result = Outcome::failed;
      out.message = fmt::format("{} beyond the baseline", summary(added));
      out.details = fmt::format("known: {}, found: {}", change.known, change.present);
    }
    cases.push_back(std::move(out));
  }
}

}  // namespace

std::string junit(const AuditReport& report) {
  render::JunitSuite suite{"rcache audit-ttl", report.at_unix_ms, report.elapsed_seconds};
  auto& cases = suite.cases;
  cases.push_back(completeness(report));
  for (std::size_t at = 0; at < report.rules.size(); ++at) {
    const auto& result = report.rules[at];
    cases.push_back(judged(report, "rule",
                           fmt::format("{} {}", rule_name(report, at), demand(result.rule)),
                           result.offences, result.examples, result.rule.reason));
  }
  for (const auto& group : report.groups) {
    cases.push_back(
        judged(report, "group", shown(group.pattern), group.offences, offenders_of(group), ""));
  }
  add_debt(report, cases);
  for (const auto& cliff : report.cliffs) {
    const auto words = words_of(cliff, report.at_unix_ms);
    cases.push_back({"rcache.audit-ttl.cliff", shown(cliff.pattern), Outcome::skipped,
                     "warning: " + words, "give each TTL a random part, about a tenth of it"});
  }
  return render::junit_xml(suite);
}

}  // namespace rcache::audit_ttl
