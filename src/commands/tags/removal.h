#pragma once

#include <memory>
#include <vector>

#include "commands/tags/member_look.h"
#include "redis/transaction_pool.h"

namespace rcache::tags {

/// What came of dead members.
struct Removed {
  std::uint64_t removed = 0;
  std::uint64_t kept = 0;     ///< their keys came back
  std::uint64_t already = 0;  ///< somebody else had removed them
  std::uint64_t failed = 0;
  bool between_slots = false;  ///< some without a transaction
};

/// Removes members whose keys are gone, and only those that are still gone in the same step.
///
/// Where container and keys are on one server and slot: WATCH of the keys, a last look at them,
/// MULTI SREM EXEC, which does nothing when one was written in between; what then is still gone is
/// tried again, at most three times. Across the slots of a cluster nothing like that exists, nor
/// where a user may not use transactions: there keys are looked for right before the SREM and once
/// more after it, and members of those that came back are put back as they were.
///
/// Out:     sums that add up to the members given; why some failed is said in the survey.
/// Cost:    WATCH, PTTL for each key, MULTI, SREM, EXEC: two round trips; across slots PTTL twice
///          for each key and SREM: three round trips.
/// Source:  https://redis.io/docs/latest/develop/interact/transactions/ (optimistic locking)
asio::awaitable<Removed> remove_dead(std::shared_ptr<Survey> survey,
                                     std::shared_ptr<redis::TransactionPool> transactions,
                                     Container container, redis::KeyLife container_life,
                                     std::vector<LookedMember> dead);

}  // namespace rcache::tags
