#pragma once

#include <string>

#include "commands/audit_ttl/baseline.h"

namespace rcache::audit_ttl {

/// Reads a --baseline. Errors: usage: the file cannot be read, or see parse_baseline.
Result<Baseline> load_baseline(const std::string& path);

/// Writes a --write-baseline in one step: whoever reads the file sees the old one or the new one,
/// whole. A new file gets the mode that the umask leaves, an old one keeps its own.
///
/// Errors:  output, naming the file; the old file is then as it was.
Result<void> write_baseline(const std::string& path, const Baseline& baseline);

}  // namespace rcache::audit_ttl
