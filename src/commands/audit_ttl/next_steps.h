#pragma once

#include <string>
#include <vector>

#include "commands/audit_ttl/report.h"

namespace rcache::audit_ttl {

/// One thing to do about a report: why, and the command to copy (or empty).
struct NextStep {
  std::string words;
  std::string command = {};
};

/// What to do next, the most urgent first; nothing when all is well.
std::vector<NextStep> next_steps(const AuditReport& report);

}  // namespace rcache::audit_ttl
