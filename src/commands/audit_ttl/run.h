#pragma once

#include "commands/audit_ttl/options.h"
#include "commands/command.h"

namespace rcache::audit_ttl {

/// The use case: from the flags to the report.
///
/// Out:     done when every key keeps its rule, findings when one does not, incomplete when not
///          everything was seen, refused when --set-ttl was not agreed to.
/// Errors:  usage (patterns, policy, baseline), connect, refused; output when a file cannot be
///          written.
/// Cost:    see keyspace_info.h, look.h and repair.h.
asio::awaitable<Result<Outcome>> run_audit(Context& context, Options options);

}  // namespace rcache::audit_ttl
