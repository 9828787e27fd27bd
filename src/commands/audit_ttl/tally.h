#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "commands/audit_ttl/report.h"
#include "core/key_memory.h"
#include "core/key_tree.h"

namespace rcache::audit_ttl {

/// What a server said of one key, and when.
struct KeyTtl {
  std::string_view key;         ///< as the application knows it
  std::int64_t pttl_ms = 0;     ///< PTTL: -1 without a TTL, -2 gone
  std::int64_t at_unix_ms = 0;  ///< by the server's clock
};

/// Counts keys as they come, in bounded memory: the whole of a report that is about keys.
class Tally {
 public:
  /// In:      `start_unix_ms`, when the audit began, by a server's clock.
  Tally(Policy policy, char delimiter, std::int64_t start_unix_ms);

  struct Entered {
    std::optional<Offence> offence = {};
    bool ask_memory = false;  ///< the key is one of those whose memory stands for its group's
  };
  /// An offender, or a key without a TTL, that comes twice (as in any SCAN) is counted once.
  Entered enter(const KeyTtl& seen);

  /// The answer of MEMORY USAGE for a key that was chosen.
  void enter_memory(std::string_view key, std::int64_t bytes);

  std::uint64_t scanned() const { return with_ttl_ + without_ttl_ + gone_; }
  std::uint64_t with_ttl() const { return with_ttl_; }
  std::uint64_t without_ttl() const { return without_ttl_; }

  /// Everything that is known: counts, groups, rules, cliffs, and notes on what has its limits.
  void fill(AuditReport& report) const;

 private:
  struct GroupTally {
    std::uint64_t count = 0;
    std::uint64_t without_ttl = 0;
    std::uint64_t memory_asked = 0;
    std::uint64_t memory_keys = 0;
    std::uint64_t memory_bytes = 0;
    Offences offences;
    TtlHistogram ttl;
    ExpirySeconds seconds;
    std::vector<std::string> offenders;
    std::vector<std::string> others;

    std::uint64_t keys() const { return count; }
    void merge(const GroupTally& other);
  };

  Entered enter_group(GroupTally& group, const KeyTtl& seen, std::optional<Offence> offence);
  static Group finished(const std::string& pattern, const GroupTally& tally);

  Policy policy_;
  std::int64_t start_ms_;
  std::uint64_t with_ttl_ = 0;
  std::uint64_t without_ttl_ = 0;
  std::uint64_t gone_ = 0;
  TtlHistogram ttl_;
  std::vector<RuleResult> rules_;
  KeyTree<GroupTally> groups_;
  KeyMemory met_;
};

}  // namespace rcache::audit_ttl
