#pragma once

#include <string>

#include "commands/audit_ttl/policy.h"

namespace rcache::audit_ttl {

/// The policy for --policy: the word "default" is the one that comes with rcache (a file of that
/// name is ./default).
///
/// Errors:  usage: the file cannot be read, or see parse_policy.
Result<Policy> load_policy(const std::string& path);

}  // namespace rcache::audit_ttl
