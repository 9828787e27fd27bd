#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "redis/live.h"
#include "redis/scan.h"

namespace rcache::redis {

/// What a whole scan brought.
struct Walked {
  std::map<std::string, int> seen;  ///< each key, and how often it came
  Coverage coverage;
  std::optional<Error> error;

  std::size_t repeats() const {
    std::size_t count = 0;
    for (const auto& [key, times] : seen) count += static_cast<std::size_t>(times - 1);
    return count;
  }
  std::size_t missing_of(const std::vector<std::string>& keys) const {
    std::size_t count = 0;
    for (const auto& key : keys) count += seen.contains(key) ? 0U : 1U;
    return count;
  }
  /// The reasons as one text.
  std::string reasons() const {
    std::string all;
    for (const auto& reason : coverage.reasons) all += reason + "\n";
    return all;
  }
};

/// Called after each batch, with its number (the first is 1). It may block: so what it does to the
/// servers happens in the middle of the scan.
using Meanwhile = std::function<void(int batch)>;

asio::awaitable<Walked> walk(std::shared_ptr<Deployment> servers, ScanOptions options,
                             Meanwhile meanwhile);

/// Connects to `url` and walks everything.
Walked walk_all(const std::string& url, ScanOptions options = {}, Meanwhile meanwhile = {});

}  // namespace rcache::redis
