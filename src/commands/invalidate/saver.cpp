#include "commands/invalidate/saver.h"

namespace rcache::invalidate {

Saver::Saver(std::unique_ptr<backup::Writer> writer, const asio::any_io_executor& executor)
    : writer_(std::move(writer)), synced_(executor), transactions_(executor) {}

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

asio::awaitable<Result<std::shared_ptr<redis::Client>>> Saver::lease(
    std::shared_ptr<redis::Deployment> servers, redis::Address address, std::size_t at_once) {
  auto client = co_await transactions_.lease(std::move(servers), address, at_once);
  if (!client && client.error().kind == ErrorKind::server)
    client.error().hint = "--backup-mode fast does without them";
  co_return client;
}

}  // namespace rcache::invalidate
