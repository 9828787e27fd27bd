#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "backup/writer.h"
#include "commands/invalidate/removal.h"
#include "redis/asio.h"
#include "redis/worker.h"

namespace rcache::invalidate {

/// The backup file of a run, and the connections that transactions need for themselves.
class Saver {
 public:
  Saver(std::unique_ptr<backup::Writer> writer, const asio::any_io_executor& executor);

  backup::Writer& writer() { return *writer_; }

  /// Waits until all that was added before is on the disk. Several who wait share one fdatasync.
  asio::awaitable<Result<void>> durable();

  /// A connection to the node that nobody else uses until it is given back: a WATCH belongs to a
  /// connection, and the first EXEC drops all of them. At most `at_once` for each node.
  asio::awaitable<Result<std::shared_ptr<redis::Client>>> lease(
      std::shared_ptr<redis::Deployment> servers, redis::Address address, std::size_t at_once);
  enum class Use { again, never };
  /// Those that are not in use.
  std::vector<std::shared_ptr<redis::Client>> idle(const redis::Address& address) {
    return pools_[address].idle;
  }
  void give_back(const redis::Address& address, std::shared_ptr<redis::Client> client, Use use);

 private:
  struct Pool {
    std::vector<std::shared_ptr<redis::Client>> idle;
    std::size_t open = 0;
  };

  std::unique_ptr<backup::Writer> writer_;
  redis::Worker disk_;
  redis::Signal synced_;
  bool syncing_ = false;
  std::uint64_t asked_ = 0;
  std::uint64_t done_ = 0;
  std::optional<Error> broken_;
  redis::Signal came_back_;
  std::map<redis::Address, Pool> pools_;
};

/// Saves the keys, and removes those that are durably in the file.
///
/// Exact: WATCH, then DUMP and expiry, the file, and MULTI UNLINK EXEC, which does nothing when a
/// key was changed in between: that one is saved anew, at most three times. In a cluster all keys
/// are saved first, and then each slot has its transaction. Fast: DUMP, the file, UNLINK.
///
/// Out:     those whose fate is open.
/// Cost:    MEMORY USAGE, DUMP and PEXPIRETIME (PTTL before Redis 7) for each key (in a cluster
/// DUMP twice), and the
///          removal; four round trips and one fdatasync.
asio::awaitable<std::vector<std::string>> save_and_remove(std::shared_ptr<Job> job,
                                                          Removal removal);

}  // namespace rcache::invalidate
