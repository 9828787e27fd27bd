#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "commands/command.h"
#include "redis/asio.h"
#include "redis/scan.h"

namespace rcache {

/// What goes on beside a scan: the conditions that end it, and the progress line.
struct ScanWatch {
  std::string_view verb = {};           ///< "removed"
  std::function<std::uint64_t()> keys;  ///< how many, for the progress line
  std::function<bool()> is_over;        ///< true ends the scan; asked often, and at each signal
  std::function<std::string_view()> held_by = [] { return std::string_view(); };
};

/// A scan that shows how far it is, and ends early when `is_over` says so, for as long as this
/// object lives.
class WatchedScan {
 public:
  WatchedScan(Context& context, std::shared_ptr<redis::Deployment> servers,
              redis::ScanOptions options, ScanWatch watch);
  ~WatchedScan();
  WatchedScan(const WatchedScan&) = delete;
  WatchedScan& operator=(const WatchedScan&) = delete;

  /// Begins to watch; before the first next().
  void start(const asio::any_io_executor& executor);
  redis::Scan& scan() { return scan_; }

 private:
  struct Beside;
  static asio::awaitable<void> tick(std::shared_ptr<Beside> beside);

  redis::Scan scan_;
  std::shared_ptr<Beside> beside_;
};

}  // namespace rcache
