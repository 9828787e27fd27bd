#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "commands/command.h"
#include "redis/node_walk.h"
#include "redis/throttle.h"

namespace rcache {

/// What was typed, as the throttle has it.
///
/// In:      a command's options: rate, max_latency, max_lag and count, the keys of a SCAN.
template <typename Options>
redis::ThrottleLimits limits_of(const Options& options) {
  redis::ThrottleLimits limits;
  limits.keys_per_second = options.rate;
  if (options.max_latency) limits.max_latency = *options.max_latency;
  limits.max_lag = options.max_lag;
  limits.count = static_cast<std::uint32_t>(options.count);
  limits.min_count = std::min(limits.min_count, limits.count);
  return limits;
}

/// Holds the run to its budget: --rate, --max-latency and --max-lag. Measures on connections of its
/// own.
class RunPace : public redis::Pace, public std::enable_shared_from_this<RunPace> {
 public:
  /// In:      `over` says whether the run is to end: nobody waits then.
  RunPace(Context& context, std::shared_ptr<redis::Deployment> servers,
          redis::ThrottleLimits limits, std::function<bool()> over);

  /// Opens the second connections and begins to measure, when there is something to measure.
  /// Errors:  connect, when a budget was asked for that cannot be measured.
  /// Cost:    per node one login; then a PING every 5 ms (--max-latency), an INFO replication twice
  /// a second
  ///          (--max-lag).
  asio::awaitable<Result<void>> start();
  /// Lets everybody go, and ends the measuring.
  void stop();

  asio::awaitable<bool> admit() override;
  std::uint32_t count() const override { return throttle_.count(); }

  /// Waits until so many keys may be changed.
  /// Out:     false when the run ends before that.
  asio::awaitable<bool> admit_change(std::uint64_t keys);

  /// What holds the run back now; "" when nothing does.
  std::string_view held_by() const;
  /// What held it back most of the time; "" when nothing did for long.
  std::string held_most() const;

 private:
  using Self = std::shared_ptr<RunPace>;
  static asio::awaitable<void> watch_nodes(Self self);
  static asio::awaitable<void> measure_latency(Self self, std::shared_ptr<redis::Client> client,
                                               redis::Address node);
  static asio::awaitable<void> look_at_replicas(Self self);
  asio::awaitable<Result<void>> measure_new_nodes();
  asio::awaitable<bool> wait_for_go();

  Context& context_;
  std::shared_ptr<redis::Deployment> servers_;
  redis::ThrottleLimits limits_;
  redis::Throttle throttle_;
  std::function<bool()> over_;
  bool stopped_ = false;
  std::set<redis::Address> measured_;               ///< nodes with a second connection
  std::map<redis::Address, std::size_t> replicas_;  ///< the most that a node was seen with
  std::map<redis::Brake, std::uint64_t> held_;      ///< how often each held something back
  std::uint64_t admitted_ = 0;
};

}  // namespace rcache
