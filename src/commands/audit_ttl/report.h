#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "commands/audit_ttl/baseline.h"
#include "commands/audit_ttl/policy.h"
#include "commands/audit_ttl/verdict.h"
#include "core/expiry_cliffs.h"
#include "core/ttl_histogram.h"

namespace rcache::audit_ttl {

/// The keys of one inferred key pattern. Keys that were gone when their TTL was asked are in none.
struct Group {
  std::string pattern;
  std::uint64_t keys = 0;
  std::uint64_t without_ttl = 0;
  Offences offences = {};
  std::optional<std::int64_t> memory_bytes = {};  ///< of all its keys, from a sample; or unknown
  TtlHistogram ttl = {};                          ///< of the keys that have one
  /// A few keys: offenders first, and others only when there are fewer offenders than fit.
  std::vector<std::string> examples = {};
};

/// What became of one rule. The rules of a report are those of its policy, in order.
struct RuleResult {
  Rule rule;
  std::uint64_t checked = 0;  ///< keys that it decided about
  Offences offences = {};
  std::vector<std::string> examples = {};  ///< a few offenders
};

/// Those of its examples that are wrong.
std::vector<std::string> offenders_of(const Group& group);

/// How the keys were looked at.
enum class Method {
  info,        ///< INFO keyspace alone: every key has a TTL, no scan was needed
  scan,        ///< every key
  scan_ended,  ///< as many keys without TTL as INFO named were found, and the scan stopped
  sample       ///< --sample
};
/// "info", "scan", "scan-ended", "sample".
std::string_view to_string(Method method);

/// --sample. The shares are of all keys that the audit is about.
struct Sample {
  std::uint64_t wanted = 0;      ///< N
  std::uint64_t keys = 0;        ///< different keys that were looked at
  std::uint64_t population = 0;  ///< keys there are; 0: unknown
};

/// --set-ttl.
struct Repair {
  std::int64_t ttl_ms = 0;
  std::int64_t jitter_ms = 0;
  bool dry_run = false;              ///< asked for, or the question was answered with no
  std::uint64_t repaired = 0;        ///< have a TTL now
  std::uint64_t skipped = 0;         ///< had one by then, or were gone: no longer offenders
  std::uint64_t failed = 0;          ///< the server refused
  std::uint64_t protected_keys = 0;  ///< --protect forbids it
  std::string error = {};            ///< the first refusal, in the server's words
};

/// What `rcache audit-ttl` found.
struct AuditReport {
  std::string server = {};                 ///< "redis 7.0.15 at 127.0.0.1:6379 (cluster, 3 nodes)"
  std::vector<std::string> patterns = {};  ///< as typed; empty: all keys
  std::vector<std::string> excludes = {};
  std::string policy = {};  ///< its name; empty: every key must have a TTL
  std::int64_t at_unix_ms = 0;
  double elapsed_seconds = 0;

  Method method = Method::scan;
  bool complete = true;                   ///< everything that was to be looked at was
  std::vector<std::string> reasons = {};  ///< why not
  /// What else a reader must know: "rare groups were folded", "memory not sampled: NOPERM ...".
  std::vector<std::string> notes = {};

  std::uint64_t scanned = 0;  ///< keys seen: with_ttl + without_ttl + gone; 0 for Method::info
  std::uint64_t with_ttl = 0;
  std::uint64_t without_ttl = 0;
  std::uint64_t gone = 0;                             ///< between SCAN and PTTL
  std::optional<std::int64_t> info_without_ttl = {};  ///< keys - expires of INFO keyspace
  std::uint64_t own_lookups = 0;  ///< keyspace hits and misses that the audit itself caused

  TtlHistogram ttl = {};           ///< of all keys that have one
  std::vector<Group> groups = {};  ///< all of them; see sort_groups
  std::vector<RuleResult> rules = {};
  std::vector<Cliff> cliffs = {};
  std::optional<Sample> sample = {};
  std::optional<MaxMissing> max_missing = {};
  std::optional<BaselineResult> baseline = {};
  std::optional<Repair> repair = {};

  Verdict verdict = {};  ///< see judge(): the last thing to be filled in
};

/// Most offenders first, then most keys without TTL, most keys, and by pattern.
void sort_groups(std::vector<Group>& groups);

/// The sum over all rules.
Offences offences_of(const AuditReport& report);

}  // namespace rcache::audit_ttl
