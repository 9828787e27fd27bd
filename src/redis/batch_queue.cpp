#include "redis/batch_queue.h"

namespace rcache::redis {

void BatchQueue::wake_all() {
  batch_came_.notify();
  room_.notify();
}

void BatchQueue::close() {
  closed_ = true;
  wake_all();
}

void BatchQueue::stop() {
  stopped_ = true;
  wake_all();
}

void BatchQueue::fail(Error error) {
  if (!error_) error_ = std::move(error);
  stop();
}

asio::awaitable<bool> BatchQueue::put(KeyBatch batch) {
  while (batches_.size() >= capacity_ && !stopped_) co_await room_.wait();
  if (stopped_) co_return false;
  batches_.push_back(std::move(batch));
  batch_came_.notify();
  co_return true;
}

asio::awaitable<Result<std::optional<KeyBatch>>> BatchQueue::take() {
  while (batches_.empty() && !closed_ && !stopped_ && !error_) co_await batch_came_.wait();
  if (error_) co_return tl::unexpected<Error>(*error_);
  if (batches_.empty()) co_return std::optional<KeyBatch>();
  KeyBatch batch = std::move(batches_.front());
  batches_.pop_front();
  room_.notify();
  co_return std::optional<KeyBatch>(std::move(batch));
}

}  // namespace rcache::redis
