#include "redis/transaction_pool.h"

#include <fmt/format.h>

#include "redis/refusal.h"

namespace rcache::redis {
namespace {

/// A server that refuses MULTI would carry out what should only be queued.
asio::awaitable<Result<void>> prove_transactions(std::shared_ptr<Client> client, Address address) {
  Commands commands;
  commands.add({"MULTI"});
  commands.add({"DISCARD"});
  const auto replies = co_await client->pipeline(std::move(commands));
  if (!replies) co_return fail(replies.error());
  const auto* error = replies->front().error();
  if (error == nullptr) co_return Result<void>();
  co_return fail(ErrorKind::server,
                 fmt::format("{} refuses transactions: {}", to_string(address), own_words(*error)));
}

}  // namespace

asio::awaitable<Result<std::shared_ptr<Client>>> TransactionPool::lease(
    std::shared_ptr<Deployment> servers, Address address, std::size_t at_once) {
  auto& pool = pools_[address];
  while (pool.idle.empty() && pool.open >= at_once) co_await came_back_.wait();
  if (!pool.idle.empty()) {
    auto client = std::move(pool.idle.back());
    pool.idle.pop_back();
    co_return client;
  }
  ++pool.open;
  Error gone{ErrorKind::connect, fmt::format("{} is gone", to_string(address))};
  for (const auto& node : std::vector<Node>(servers->nodes())) {
    if (node.address != address) continue;
    auto client = co_await servers->open_another(node);
    if (client) {
      auto proven = co_await prove_transactions(*client, address);
      if (proven) co_return std::move(*client);
      gone = std::move(proven).error();
    } else {
      gone = std::move(client).error();
    }
  }
  --pool.open;
  came_back_.notify();
  co_return fail(std::move(gone));
}

void TransactionPool::give_back(const Address& address, std::shared_ptr<Client> client, Use use) {
  auto& pool = pools_[address];
  if (use == Use::again) {
    pool.idle.push_back(std::move(client));
  } else {
    --pool.open;
  }
  came_back_.notify();
}

}  // namespace rcache::redis
