#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "redis/asio.h"
#include "redis/deployment.h"

namespace rcache::redis {

/// Some keys of one node.
struct KeyBatch {
  Address node;
  std::shared_ptr<Client> client;
  std::vector<std::string> keys;
  int pass = 1;  ///< from the second on, keys may have come before
};

/// Batches on their way from those who walk to the one who reads, never many of them.
///
/// Whoever waits in put() or take() must hold the queue.
class BatchQueue {
 public:
  explicit BatchQueue(const asio::any_io_executor& executor)
      : batch_came_(executor), room_(executor) {}

  /// Room for the batches that one more walk has under way; of the last reset on.
  void make_room_for(std::size_t batches) { capacity_ += batches; }
  void reset_room() { capacity_ = 0; }

  /// Waits until there is room. False when nobody reads any more.
  asio::awaitable<bool> put(KeyBatch batch);

  /// The next batch; empty when all have been taken and no more will come.
  /// Errors:  that of fail(), at once.
  asio::awaitable<Result<std::optional<KeyBatch>>> take();

  void close();            ///< no more will come
  void stop();             ///< nobody reads any more
  void fail(Error error);  ///< both, and the reader is told why

  bool stopped() const { return stopped_; }

 private:
  void wake_all();

  std::deque<KeyBatch> batches_;
  std::size_t capacity_ = 2;
  bool closed_ = false;
  bool stopped_ = false;
  std::optional<Error> error_;
  Signal batch_came_;
  Signal room_;
};

}  // namespace rcache::redis
