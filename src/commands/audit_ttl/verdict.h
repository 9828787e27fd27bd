#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"

namespace rcache::audit_ttl {

struct AuditReport;
struct Offences;

/// --max-missing: how many keys may be without a TTL that must have one.
struct MaxMissing {
  double value = 0;
  bool is_ratio = false;  ///< of all keys that were looked at: 0 to 1
  std::string text = {};  ///< as typed
};

/// "100" or "0.5%". Errors: usage, one line that quotes the text.
Result<MaxMissing> parse_max_missing(std::string_view text);

/// What a CI job acts on.
enum class Ending {
  healthy,    ///< exit 0
  findings,   ///< exit 1
  incomplete  ///< exit 4: not everything was seen, or a sample is too small to say
};
/// "ok", "findings", "incomplete".
std::string_view to_string(Ending ending);

struct Verdict {
  Ending ending = Ending::healthy;
  std::uint64_t violations = 0;      ///< keys that break a rule, all of them
  std::uint64_t new_violations = 0;  ///< the same without what the baseline knows or was repaired
  /// Whether missing TTLs are findings: false when there are none that count, or --max-missing
  /// forgives them.
  bool missing_fails = false;
  std::vector<std::string> reasons = {};  ///< one line each, printable; for healthy too
};

/// Judges a finished report.
///
/// - An incomplete audit is no verdict, whatever it found.
/// - Without --max-missing and --baseline every violation is a finding; with a baseline only new
///   ones are; --max-missing forgives that many of those whose TTL is missing, and no others.
/// - Keys that --set-ttl repaired are no longer findings.
/// - A sample: what was found was found. A --max-missing is held against the interval: a finding
///   when the interval lies above it, incomplete when it holds the limit.
/// - Cliffs warn and do not fail.
Verdict judge(const AuditReport& report);

/// Those of `offences` that make the audit fail, when there is no baseline.
std::uint64_t failing(const AuditReport& report, const Offences& offences);

}  // namespace rcache::audit_ttl
