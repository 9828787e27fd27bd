#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "redis/batch_queue.h"
#include "redis/deployment.h"
#include "redis/node_walk.h"

namespace rcache::redis {

/// What a scan can say of itself. `complete` is a proof, not a hope: every slot (or the one
/// keyspace) was walked from its first to its last cursor on a node that was its owner before and
/// after, in one process (run_id), with no sign of a migration.
struct Coverage {
  bool complete = false;
  int passes = 0;
  std::uint64_t batches = 0;
  std::uint64_t keys = 0;  ///< handed out; a key can come twice, as in any SCAN
  std::uint64_t foreign_keys =
      0;            ///< on a node that does not own their slot: on the move, or orphans
  SlotSet missing;  ///< a cluster's slots that could not be proven
  std::vector<std::string> reasons;  ///< why it is not complete; empty when it is
};

/// How far one walk over one node is. A node that was walked again has several.
struct WalkProgress {
  Address node;
  std::uint64_t looked_at = 0;  ///< keys, by the cursors' position; exact only at the end
  std::uint64_t keyspace = 0;   ///< keys of the node when the walk began; 0: unknown
  std::size_t lanes = 0;        ///< cursors side by side; 0 before it has begun
  std::string failure;          ///< why it ended before its time; empty when it did not
};

/// A stream of all keys of a deployment, from all its nodes at once, each at its own pace.
///
/// Every node is asked for its next batch as soon as the one before it has come, at most two
/// batches ahead of the reader: memory does not grow with the keyspace. What changed hands while it
/// ran (restart, failover, reshard) is walked again, and of that walk only what was not proven is
/// handed out. Dropping the Scan stops it; replies that are under way are taken and thrown away.
///
/// Cost:    one SCAN per `count` keys; per node and second one INFO and, in a cluster, CLUSTER
/// NODES. Source:  https://redis.io/docs/latest/commands/scan/ (guarantees); a cursor is an
/// unsigned
///          64-bit number and belongs to one process of one node.
class Scan {
 public:
  Scan(std::shared_ptr<Deployment> deployment, ScanOptions options);
  ~Scan();
  Scan(Scan&&) noexcept;
  Scan& operator=(Scan&&) noexcept;

  /// The next keys; empty at the end.
  /// Errors:  connect when SCAN is not allowed, interrupted. What is merely missing is no error:
  /// see coverage().
  asio::awaitable<Result<std::optional<KeyBatch>>> next();

  /// Ends it before its time: next() comes back empty, and nothing is proven. What is under way is
  /// still read.
  void stop();

  /// How far it is, of every walk that was begun, in the order in which they began.
  std::vector<WalkProgress> progress() const;

  /// What was covered; final once next() came back empty.
  const Coverage& coverage() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace rcache::redis
