#pragma once

#include <cstddef>
#include <string>

#include "commands/audit_ttl/audit.h"
#include "commands/audit_ttl/keyspace_info.h"
#include "commands/audit_ttl/look.h"
#include "commands/audit_ttl/report.h"

namespace rcache::audit_ttl {

// What a report is put together from.

/// The receipt of --set-ttl with nothing counted yet. In: options with --set-ttl.
Repair planned_repair(const Options& options);

/// A report of which the part that is the same for every way to look is filled in.
AuditReport begun(const Audit& audit);

/// Every key has a TTL, as INFO says.
void fill_from_info(AuditReport& report, const Policy& policy, const KeyspaceCount& count);

void fill_from_look(AuditReport& report, const Look& look);

/// How many key patterns are shown where not all are.
std::size_t top_of(const Options& options);

/// The report in the form that was asked for.
std::string rendered(const Audit& audit, const AuditReport& report);

}  // namespace rcache::audit_ttl
