#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "backup/writer.h"
#include "redis/asio.h"
#include "redis/deployment.h"
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

}  // namespace rcache::invalidate
