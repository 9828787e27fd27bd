#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "backup/writer.h"
#include "redis/asio.h"
#include "redis/deployment.h"
#include "redis/transaction_pool.h"
#include "redis/worker.h"

namespace rcache::invalidate {

/// The backup file of a run, and the connections for its transactions.
class Saver {
 public:
  Saver(std::unique_ptr<backup::Writer> writer, const asio::any_io_executor& executor);

  backup::Writer& writer() { return *writer_; }

  /// Waits until all that was added before is on the disk. Several who wait share one fdatasync.
  asio::awaitable<Result<void>> durable();

  using Use = redis::TransactionPool::Use;
  /// See TransactionPool::lease().
  asio::awaitable<Result<std::shared_ptr<redis::Client>>> lease(
      std::shared_ptr<redis::Deployment> servers, redis::Address address, std::size_t at_once);
  /// Those that are not in use.
  std::vector<std::shared_ptr<redis::Client>> idle(const redis::Address& address) {
    return transactions_.idle(address);
  }
  void give_back(const redis::Address& address, std::shared_ptr<redis::Client> client, Use use) {
    transactions_.give_back(address, std::move(client), use);
  }

 private:
  std::unique_ptr<backup::Writer> writer_;
  redis::Worker disk_;
  redis::Signal synced_;
  bool syncing_ = false;
  std::uint64_t asked_ = 0;
  std::uint64_t done_ = 0;
  std::optional<Error> broken_;
  redis::TransactionPool transactions_;
};

}  // namespace rcache::invalidate
