#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "commands/audit_ttl/audit.h"
#include "commands/audit_ttl/report.h"
#include "commands/audit_ttl/tally.h"
#include "commands/audit_ttl/ttl_questions.h"

namespace rcache::audit_ttl {

/// Gives offenders a TTL as they are found; see repair.h.
class Repairer;

/// How to look.
struct LookOptions {
  /// As many keys without TTL as there are: the look may end when so many were found.
  std::optional<std::uint64_t> enough = {};
  Repairer* repairer = nullptr;  ///< not null: offenders are repaired on the way
};

/// One look over all keys, from the first to the last cursor.
struct Look {
  Tally tally;
  Unanswered unanswered = {};
  bool covered = false;       ///< every slot was walked on its owner
  std::uint64_t orphans = 0;  ///< keys on nodes that do not own their slot: not looked at
  bool ended_early = false;   ///< LookOptions::enough were found
  std::optional<Sample> sample = {};
  std::optional<Repair> repair = {};
  std::vector<std::string> reasons = {};  ///< why it is not complete
  std::optional<Error> error = {};        ///< what ended it, when the server would not go on

  bool complete() const {
    return (covered || ended_early) && unanswered.refused == 0 && unanswered.lost == 0;
  }
};

/// Looks at the keys; with --sample at a random sample of them. What a restart, failover or reshard
/// touched while it looked makes it begin again, at most twice more: counts of different looks are
/// never added, as nobody could say which keys were in both.
///
/// Out:     the first look that is complete, else the one that saw the most.
/// Errors:  connect when SCAN is not allowed, and nothing was seen.
/// Cost:    one SCAN per --count keys; see ask_ttls() for all of them, or for the sample; for one
///          key in about 100 a MEMORY USAGE.
asio::awaitable<Result<std::shared_ptr<Look>>> look_at_keys(std::shared_ptr<Audit> audit,
                                                            LookOptions options);

}  // namespace rcache::audit_ttl
