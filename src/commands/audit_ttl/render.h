#pragma once

#include <cstddef>
#include <string>

#include "commands/audit_ttl/report.h"
#include "render/style.h"

namespace rcache::audit_ttl {

struct TextOptions : render::TextLook {
  std::size_t top = 15;  ///< groups that are shown; the other forms have them all
};

/// One report, in all its forms. In: a report that judge() has seen.

/// For a person: the verdict first.
std::string text(const AuditReport& report, const TextOptions& options);

/// "rcache.audit-ttl/1".
std::string json(const AuditReport& report);

/// A line for each "group", "rule", "cliff" and, last, the "summary", told apart by "kind".
std::string ndjson(const AuditReport& report);

/// A header, and a row for each group.
std::string csv(const AuditReport& report);

/// A test case for each rule, each group with offenders or --baseline line, and each cliff
/// (skipped: a warning), and one for completeness.
std::string junit(const AuditReport& report);

/// Annotations of a GitHub workflow: ::error for what fails, ::warning for what does not.
std::string github(const AuditReport& report);

/// Metrics for node_exporter's textfile collector. No key names.
std::string prometheus(const AuditReport& report);

/// One self-contained page, for --html. In: `top` groups get a histogram.
std::string html(const AuditReport& report, std::size_t top);

}  // namespace rcache::audit_ttl
