#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "commands/audit_ttl/policy.h"
#include "core/error.h"

namespace rcache::audit_ttl {

struct Group;

/// Known debt: so many keys of this key pattern are wrong in this way.
struct Debt {
  std::string pattern;  ///< as printable() shows it
  Offence kind = Offence::missing;
  std::uint64_t keys = 0;
};

/// What --baseline reads and --write-baseline writes.
struct Baseline {
  std::int64_t created_unix_ms = 0;
  std::vector<Debt> known = {};
};

/// One line of the comparison: what was known, what is there now.
struct DebtChange {
  std::string pattern;  ///< as printable() shows it
  Offence kind = Offence::missing;
  std::uint64_t known = 0;    ///< keys that the baseline allows here
  std::uint64_t present = 0;  ///< keys found
  std::uint64_t added = 0;    ///< keys beyond what is allowed: new debt
};

/// The findings against a baseline. Only new debt fails.
struct BaselineResult {
  std::string file = {};
  std::uint64_t known = 0;               ///< keys found that the baseline knew
  Offences added = {};                   ///< keys that it did not know
  std::uint64_t paid = 0;                ///< keys that it allows and that are wrong no longer
  std::vector<DebtChange> changes = {};  ///< new debt first, then what has shrunk; nothing else
};

/// The debt of a report's groups, by pattern and kind.
Baseline baseline_of(const std::vector<Group>& groups, std::int64_t created_unix_ms);

/// Compares. The allowance of a pattern is first used by the same pattern, and what is left of it
/// by patterns that it covers or that cover it: which places of a key become `*` depends on the
/// keys that are there, and a new shape of the same debt is no new debt.
BaselineResult compare(const Baseline& baseline, const std::vector<Group>& groups);

/// The file, "rcache.audit-ttl-baseline/1". It is sorted, one entry a line: made to be kept in
/// version control.
std::string baseline_json(const Baseline& baseline);

/// Reads what baseline_json wrote.
///
/// Errors:  usage, with file, line and column, what was found, and what is allowed.
Result<Baseline> parse_baseline(std::string_view text, const std::string& file_name);

}  // namespace rcache::audit_ttl
