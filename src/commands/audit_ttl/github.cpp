#include "render/github.h"

#include <fmt/format.h>

#include <algorithm>

#include "commands/audit_ttl/render.h"
#include "commands/audit_ttl/words.h"
#include "core/units.h"

namespace rcache::audit_ttl {
namespace {

using render::Annotation;

// The runner shows ten errors and ten warnings of a step, and drops the rest in silence.
constexpr std::size_t k_shown = 9;

/// Adds at most nine annotations of one level, and one that says how many more there are.
class Writer {
 public:
  explicit Writer(Annotation level) : level_(level) {}
  void add(std::string_view title, std::string_view message) {
    if (++count_ <= k_shown) out_ += render::github_annotation(level_, title, message);
  }
  std::string take() && {
    if (count_ > k_shown) {
      out_ += render::github_annotation(level_, "audit-ttl",
                                        fmt::format("and {} more: see -o json", count_ - k_shown));
    }
    return std::move(out_);
  }

 private:
  Annotation level_;
  std::size_t count_ = 0;
  std::string out_;
};

std::string message_of(const Group& group) {
  auto out = fmt::format("{} of {}", summary(group.offences), counted(group.keys, "key"));
  for (const auto& key : offenders_of(group)) out += "\n" + shown(key);
  return out;
}

}  // namespace

std::string github(const AuditReport& report) {
  Writer errors(Annotation::error);
  Writer warnings(Annotation::warning);
  const auto& verdict = report.verdict;
  if (verdict.ending != Ending::healthy) {
    const auto* const title =
        verdict.ending == Ending::incomplete ? "audit-ttl is incomplete" : "audit-ttl";
    errors.add(title, fmt::format("{}", fmt::join(verdict.reasons, "\n")));
  }
  if (report.baseline) {
    for (const auto& change : report.baseline->changes) {
      Offences added;
      added[change.kind] = change.added;
      if (change.added == 0) continue;
      auto& to = failing(report, added) > 0 ? errors : warnings;
      to.add("audit-ttl: " + change.pattern,
             fmt::format("{} beyond the baseline ({} known)", summary(added), change.known));
    }
  } else {
    for (const auto& group : report.groups) {
      if (group.offences.total() == 0) continue;
      auto& to = failing(report, group.offences) > 0 ? errors : warnings;
      to.add("audit-ttl: " + shown(group.pattern), message_of(group));
    }
  }
  for (const auto& cliff : report.cliffs) {
    warnings.add("audit-ttl: expiry cliff", words_of(cliff, report.at_unix_ms));
  }
  Writer notices(Annotation::notice);
  if (verdict.ending == Ending::healthy) {
    notices.add("audit-ttl", fmt::format("{}", fmt::join(verdict.reasons, "\n")));
  }
  if (report.baseline && report.baseline->paid > 0) {
    notices.add("audit-ttl", fmt::format("{} of the baseline paid: write it anew to keep it so",
                                         keys_are(report.baseline->paid)));
  }
  for (const auto& note : report.notes) notices.add("audit-ttl", note);
  return std::move(errors).take() + std::move(warnings).take() + std::move(notices).take();
}

}  // namespace rcache::audit_ttl
