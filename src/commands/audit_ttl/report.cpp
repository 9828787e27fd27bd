#include "commands/audit_ttl/report.h"

#include <algorithm>
#include <tuple>

namespace rcache::audit_ttl {

std::string_view to_string(Method method) {
  switch (method) {
    case Method::info:
      return "info";
    case Method::scan_ended:
      return "scan-ended";
    case Method::sample:
      return "sample";
    case Method::scan:
      break;
  }
  return "scan";
}

void sort_groups(std::vector<Group>& groups) {
  std::ranges::sort(groups, [](const Group& a, const Group& b) {
    const auto rank = [](const Group& group) {
      return std::tuple(group.offences.total(), group.without_ttl, group.keys);
    };
    if (rank(a) != rank(b)) return rank(a) > rank(b);
    return a.pattern < b.pattern;
  });
}

std::vector<std::string> offenders_of(const Group& group) {
  const auto count = std::min<std::uint64_t>(group.examples.size(), group.offences.total());
  return {group.examples.begin(), group.examples.begin() + static_cast<std::ptrdiff_t>(count)};
}

Offences offences_of(const AuditReport& report) {
  Offences out;
  for (const auto& rule : report.rules) out.add(rule.offences);
  return out;
}

}  // namespace rcache::audit_ttl
