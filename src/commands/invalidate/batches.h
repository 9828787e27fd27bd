#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "commands/invalidate/removal.h"

namespace rcache::invalidate {

/// Batches of the same node put together until they are worth a fdatasync.
class Gathering {
 public:
  explicit Gathering(std::size_t enough) : enough_(enough) {}

  std::optional<Removal> add(Removal removal) {
    auto& waiting = waiting_[removal.node];
    if (waiting.keys.empty()) {
      waiting = std::move(removal);
    } else {
      waiting.client = removal.client;
      std::move(removal.keys.begin(), removal.keys.end(), std::back_inserter(waiting.keys));
    }
    if (waiting.keys.size() < enough_) return std::nullopt;
    return std::exchange(waiting, {});
  }

  std::vector<Removal> rest() {
    std::vector<Removal> all;
    for (auto& [address, removal] : waiting_)
      if (!removal.keys.empty()) all.push_back(std::move(removal));
    waiting_.clear();
    return all;
  }

 private:
  std::size_t enough_;
  std::map<redis::Address, Removal> waiting_;
};

/// Keys whose removal is under way. While a table shrinks, SCAN brings some of them once more
/// before they are gone; their removal's reply can be read before that batch is.
class UnderWay {
 public:
  /// Each lane has batches of its own on their way.
  void expect_lanes(std::size_t lanes) { remembered_ = std::max<std::uint64_t>(8, 2 * lanes); }

  bool enter(const std::string& key) { return keys_.insert(key).second; }
  void next_batch() {
    ++batch_;
    while (!leaving_.empty() && leaving_.front().first + remembered_ <= batch_) {
      for (const auto& key : leaving_.front().second) keys_.erase(key);
      leaving_.pop_front();
    }
  }
  /// What a new pass brings was not removed by the one before, or is back.
  void clear() {
    keys_.clear();
    leaving_.clear();
  }
  void leave(std::vector<std::string> keys) { leaving_.emplace_back(batch_, std::move(keys)); }

 private:
  std::unordered_set<std::string> keys_;
  std::deque<std::pair<std::uint64_t, std::vector<std::string>>> leaving_;
  std::uint64_t batch_ = 0;
  std::uint64_t remembered_ = 8;
};

}  // namespace rcache::invalidate
