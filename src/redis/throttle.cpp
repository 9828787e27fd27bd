#include "redis/throttle.h"

#include <algorithm>

namespace rcache::redis {
namespace {

using std::chrono::duration;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using Instant = Throttle::Instant;

constexpr milliseconds k_burst{250};      // what the rate's bucket holds
constexpr milliseconds k_ask_again{100};  // while the replicas are behind
constexpr std::size_t k_samples = 64;
constexpr double k_growth = 1.1;
constexpr double k_calm_ratio = 0.75;  // between it and the budget the batch stays as it is
constexpr std::chrono::hours k_longest{24 * 365};  // the clock counts nanoseconds: it must not wrap

/// Up to the next whole microsecond: after this wait it is really over.
microseconds until(Instant then, Instant now) {
  return std::max(std::chrono::ceil<microseconds>(then - now), microseconds(0));
}

double seconds_of(std::chrono::nanoseconds time) {
  return duration<double>(time).count();
}

}  // namespace

std::string_view to_string(Brake brake) {
  switch (brake) {
    case Brake::rate:
      return "--rate";
    case Brake::latency:
      return "--max-latency";
    case Brake::lag:
      return "--max-lag";
    case Brake::none:
      break;
  }
  return "none";
}

Throttle::Throttle(ThrottleLimits limits, Instant now)
    : limits_(limits),
      paid_until_(now),
      count_(limits.count),
      halved_at_(now),
      paused_until_(now) {}

double Throttle::least_count() const {
  return std::max(std::min(limits_.min_count, limits_.count), 1U);
}

/// A quarter of a second's keys, so that a batch is no burst. Below min_count it is waiting alone
/// that holds the rate.
double Throttle::rate_count() const {
  const double most = limits_.count;
  if (!limits_.keys_per_second) return most;
  return std::min(*limits_.keys_per_second * seconds_of(k_burst), most);
}

std::uint32_t Throttle::count() const {
  return static_cast<std::uint32_t>(std::max(std::min(count_, rate_count()), least_count()));
}

void Throttle::spend(std::uint64_t keys, Instant now) {
  if (!limits_.keys_per_second) return;
  const double seconds = static_cast<double>(keys) / *limits_.keys_per_second;
  const auto price = seconds < seconds_of(k_longest)
                         ? std::chrono::ceil<Instant::duration>(duration<double>(seconds))
                         : Instant::duration(k_longest);
  const auto from = std::max<Instant>(paid_until_, now - k_burst);
  paid_until_ = std::min<Instant>(from + price, now + k_longest);
}

microseconds Throttle::own_part(microseconds round_trip) const {
  return round_trip - std::min(least_.value_or(round_trip), round_trip);
}

void Throttle::measured(microseconds round_trip, Instant now) {
  least_ = std::min(least_.value_or(round_trip), round_trip);
  samples_.push_back(round_trip);
  if (samples_.size() > k_samples) samples_.pop_front();
  if (!limits_.max_latency) return;
  const auto own = own_part(round_trip);
  const auto began = now - round_trip;
  if (own > *limits_.max_latency) {
    paused_until_ = std::max<Instant>(paused_until_, now + (own - *limits_.max_latency));
    // A sample that began before the last cut was late because of the batch before it: cutting once
    // more for the same delay would throw the batch down to its least.
    if (began < halved_at_) return;
    count_ = std::max(count() / 2.0, least_count());
    halved_at_ = now;
  } else if (duration<double>(own) < k_calm_ratio * duration<double>(*limits_.max_latency)) {
    // While we pause the server is calm because of that: it says nothing about a larger batch.
    if (began < paused_until_ || lagging_) return;
    count_ = std::min(count_ * k_growth, static_cast<double>(limits_.count));
  }
}

void Throttle::lag(std::optional<milliseconds> behind) {
  lagging_ = limits_.max_lag && (!behind || *behind > *limits_.max_lag);
}

microseconds Throttle::wait(Instant now) const {
  const auto timed = std::max(until(paid_until_, now), until(paused_until_, now));
  return lagging_ ? std::max<microseconds>(timed, k_ask_again) : timed;
}

Brake Throttle::brake(Instant now) const {
  if (lagging_) return Brake::lag;  // nobody knows how long: longer than any other wait
  const auto for_rate = until(paid_until_, now);
  const auto for_latency = until(paused_until_, now);
  if (std::max(for_rate, for_latency) > microseconds(0)) {
    return for_latency > for_rate ? Brake::latency : Brake::rate;
  }
  if (count() >= limits_.count) return Brake::none;
  return count_ < rate_count() ? Brake::latency : Brake::rate;
}

std::optional<microseconds> Throttle::recent_latency() const {
  if (samples_.empty()) return std::nullopt;
  return own_part(*std::max_element(samples_.begin(), samples_.end()));
}

}  // namespace rcache::redis
