#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>

namespace rcache::redis {

/// What may hold a run back, the strictest first by what it says at the moment.
enum class Brake { none, rate, latency, lag };

/// The word for it in a progress line: "none", "--rate", "--max-latency", "--max-lag".
std::string_view to_string(Brake brake);

/// The budget of a run. Nothing set: it goes as fast as the server answers.
struct ThrottleLimits {
  std::optional<double> keys_per_second = {};
  std::optional<std::chrono::microseconds> max_latency = {};
  std::optional<std::chrono::milliseconds> max_lag = {};
  std::uint32_t count = 500;  ///< SCAN's COUNT and keys to a command when nothing holds it back
  std::uint32_t min_count = 10;
};

/// Decides how large the next batch may be and how long to wait before it. Pure: time comes in as
/// an argument.
///
/// Rate: a bucket that holds at most a quarter of a second's keys, and batches that are no larger
/// than that. Latency: what a second connection measures, over what the network takes by itself
/// (the least measured so far); a sample above the budget halves the batch and pauses for as long
/// as the server was late, samples below three quarters of it grow the batch again by a tenth. Lag:
/// a full stop until the replicas are near enough.
class Throttle {
 public:
  using Instant = std::chrono::steady_clock::time_point;

  Throttle(ThrottleLimits limits, Instant now);

  /// How many keys the next batch may look at: `min_count` to `count`.
  std::uint32_t count() const;

  /// `keys` are about to be removed: takes them from the rate's bucket (which may go below
  /// nothing).
  void spend(std::uint64_t keys, Instant now);

  /// A round trip on the second connection took so long; it ended at `now`.
  void measured(std::chrono::microseconds round_trip, Instant now);

  /// The replica that is furthest behind; empty: one is gone or cannot be asked, which counts as
  /// too far.
  void lag(std::optional<std::chrono::milliseconds> behind);

  /// How long to wait before the next batch: 0 is go. Ask again then: in the meantime the replicas
  /// may have fallen behind, and nobody knows how long they need.
  std::chrono::microseconds wait(Instant now) const;

  /// What is strictest now: the factor behind wait(), or behind a batch smaller than the largest.
  Brake brake(Instant now) const;

  /// The server's own part of the slowest of the last 64 samples; empty before the first.
  std::optional<std::chrono::microseconds> recent_latency() const;

 private:
  std::chrono::microseconds own_part(std::chrono::microseconds round_trip) const;
  double least_count() const;
  double rate_count() const;

  ThrottleLimits limits_;
  Instant paid_until_;  ///< when the rate will have made up for all that was spent
  double count_;        ///< what the latency allows; a fraction, so that a tenth of 12 is not lost
  Instant halved_at_;
  Instant paused_until_;
  bool lagging_ = false;
  std::optional<std::chrono::microseconds> least_;
  std::deque<std::chrono::microseconds> samples_;
};

}  // namespace rcache::redis
