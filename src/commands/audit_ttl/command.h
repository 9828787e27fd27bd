#pragma once

#include "commands/command.h"

namespace rcache::audit_ttl {

/// `rcache audit-ttl`.
Command add_audit_ttl(CLI::App& tree);

}  // namespace rcache::audit_ttl
