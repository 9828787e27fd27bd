#pragma once

#include <map>
#include <memory>
#include <vector>

#include "redis/asio.h"
#include "redis/deployment.h"

namespace rcache::redis {

/// Connections for transactions: a WATCH belongs to a connection, and the first EXEC drops all of
/// them, so each transaction needs one that nobody else uses meanwhile.
class TransactionPool {
 public:
  explicit TransactionPool(const asio::any_io_executor& executor) : came_back_(executor) {}

  /// A connection to the node that nobody else uses until it is given back. At most `at_once` for
  /// each node.
  ///
  /// Errors:  connect; server, when the node refuses transactions.
  /// Cost:    for a new one, a login, MULTI and DISCARD.
  asio::awaitable<Result<std::shared_ptr<Client>>> lease(std::shared_ptr<Deployment> servers,
                                                         Address address, std::size_t at_once);
  enum class Use { again, never };
  void give_back(const Address& address, std::shared_ptr<Client> client, Use use);

  /// Those that are not in use.
  std::vector<std::shared_ptr<Client>> idle(const Address& address) { return pools_[address].idle; }

 private:
  struct Pool {
    std::vector<std::shared_ptr<Client>> idle;
    std::size_t open = 0;
  };

  Signal came_back_;
  std::map<Address, Pool> pools_;
};

}  // namespace rcache::redis
