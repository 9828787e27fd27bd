#include "commands/invalidate/saver.h"

#include <fmt/format.h>

#include "redis/refusal.h"

namespace rcache::invalidate {
namespace {

using Client = std::shared_ptr<redis::Client>;

/// A server that refuses MULTI would carry out what should only be queued.
asio::awaitable<Result<void>> prove_transactions(Client client, redis::Address address) {
  redis::Commands commands;
  commands.add({"MULTI"});
  commands.add({"DISCARD"});
  const auto replies = co_await client->pipeline(std::move(commands));
  if (!replies) co_return fail(replies.error());
  const auto* error = replies->front().error();
  if (error == nullptr) co_return Result<void>();
  co_return fail(ErrorKind::server,
                 fmt::format("{} refuses transactions: {}", redis::to_string(address),
                             redis::own_words(*error)),
                 "--backup-mode fast does without them");
}

}  // namespace

Saver::Saver(std::unique_ptr<backup::Writer> writer, const asio::any_io_executor& executor)
    : writer_(std::move(writer)), synced_(executor), came_back_(executor) {}

asio::awaitable<Result<void>> Saver::durable() {
  const auto wanted = ++asked_;
  while (done_ < wanted && !broken_) {
    if (syncing_) {
      co_await synced_.wait();
      continue;
    }
    syncing_ = true;
    const auto covers = asked_;
    std::function<Result<void>()> sync = [this] { return writer_->sync(); };
    auto written = co_await disk_.run(std::move(sync));
    syncing_ = false;
    if (written) {
      done_ = covers;
    } else {
      broken_ = written.error();
    }
    synced_.notify();
  }
  if (done_ < wanted) co_return fail(*broken_);
  co_return Result<void>();
}

asio::awaitable<Result<Client>> Saver::lease(std::shared_ptr<redis::Deployment> servers,
                                             redis::Address address, std::size_t at_once) {
  auto& pool = pools_[address];
  while (pool.idle.empty() && pool.open >= at_once) co_await came_back_.wait();
  if (!pool.idle.empty()) {
    auto client = std::move(pool.idle.back());
    pool.idle.pop_back();
    co_return client;
  }
  ++pool.open;
  Error gone{ErrorKind::connect, fmt::format("{} is gone", redis::to_string(address))};
  for (const auto& node : std::vector<redis::Node>(servers->nodes())) {
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

void Saver::give_back(const redis::Address& address, Client client, Use use) {
  auto& pool = pools_[address];
  if (use == Use::again) {
    pool.idle.push_back(std::move(client));
  } else {
    --pool.open;
  }
  came_back_.notify();
}

}  // namespace rcache::invalidate
