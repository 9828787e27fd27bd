#include "core/expiry_cliffs.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <limits>

namespace rcache {
namespace {

constexpr std::int64_t k_soonest = 2;  // seconds
constexpr std::int64_t k_least_reach = 5;
constexpr std::int64_t k_most_reach = 60;

std::int64_t nearest_second(std::int64_t unix_ms) {
  return (unix_ms + 500) / 1000;
}

}  // namespace

ExpirySeconds::ExpirySeconds(std::int64_t start_unix_ms) : start_(nearest_second(start_unix_ms)) {}

void ExpirySeconds::add(std::int64_t expires_unix_ms) {
  constexpr std::int64_t k_latest = std::numeric_limits<std::uint32_t>::max();
  const auto at = std::max<std::int64_t>(nearest_second(expires_unix_ms) - start_, 0);
  if (at > k_latest) return;  // in more than 136 years
  spread_.add(at);
  pending_.push_back(static_cast<std::uint32_t>(at));
  if (pending_.size() >= k_seconds) compact();
}

void ExpirySeconds::merge(const ExpirySeconds& other) {
  spread_.merge(other.spread_);
  auto mine = gathered();
  std::vector<Second> all;
  std::ranges::merge(mine, other.gathered(), std::back_inserter(all), {}, &Second::at, &Second::at);
  counted_.clear();
  pending_.clear();
  for (const auto& second : all) {
    if (!counted_.empty() && counted_.back().at == second.at)
      counted_.back().keys += second.keys;
    else
      counted_.push_back(second);
  }
  forgotten_ += other.forgotten_;
  compact();
}

/// All seconds that are known, by time, each once.
std::vector<ExpirySeconds::Second> ExpirySeconds::gathered() const {
  auto pending = pending_;
  std::ranges::sort(pending);
  std::vector<Second> out;
  out.reserve(counted_.size() + pending.size());
  auto next = counted_.begin();
  const auto append = [&](Second second) {
    if (!out.empty() && out.back().at == second.at)
      out.back().keys += second.keys;
    else
      out.push_back(second);
  };
  for (const auto at : pending) {
    while (next != counted_.end() && next->at <= at) append(*next++);
    append({at, 1});
  }
  while (next != counted_.end()) append(*next++);
  return out;
}

/// Makes room: what is as rare as the first that does not fit is taken off all.
void ExpirySeconds::compact() {
  counted_ = gathered();
  pending_.clear();
  if (counted_.size() <= k_seconds) return;
  std::vector<std::uint32_t> heights;
  for (const auto& second : counted_) heights.push_back(second.keys);
  const auto cut = heights.begin() + k_seconds;
  std::nth_element(heights.begin(), cut, heights.end(), std::greater<>());
  for (auto& second : counted_) second.keys -= std::min(second.keys, *cut);
  std::erase_if(counted_, [](const Second& second) { return second.keys == 0; });
  forgotten_ += *cut;
}

std::vector<Cliff> ExpirySeconds::cliffs(const std::string& pattern, const CliffRule& rule) const {
  const auto seconds = gathered();
  const auto keys_at = [&](std::int64_t at) -> double {
    const auto found = std::ranges::lower_bound(
        seconds, at, {}, [](const Second& second) { return std::int64_t{second.at}; });
    return found != seconds.end() && found->at == at ? found->keys : 0;
  };
  const auto counted_in = [&](double from, double to) {
    double keys = 0;
    const auto begin = std::ranges::lower_bound(
        seconds, from, {}, [](const Second& second) { return static_cast<double>(second.at); });
    for (auto each = begin; each != seconds.end() && each->at < to; ++each) keys += each->keys;
    return keys;
  };
  // Keys in each second around `at`; what was forgotten is thought to be spread evenly.
  const auto around = [&](std::int64_t at) {
    const auto reach = std::clamp(at / 20, k_least_reach, k_most_reach);
    const auto first = std::max<std::int64_t>(at - reach, 0);
    const auto from = static_cast<double>(first);
    const auto to = static_cast<double>(at + reach + 1);
    const double own = keys_at(at) + std::max(keys_at(at - 1), keys_at(at + 1));
    double height = std::max(counted_in(from, to) - own, 0.0) / (to - from - 2);
    if (forgotten_ > 0) {
      const auto whole = spread_.around(from, to);
      const double lost = whole.keys - counted_in(whole.from_ms, whole.to_ms);
      height += std::max(lost, 0.0) / (whole.to_ms - whole.from_ms);
    }
    return height;
  };

  std::vector<Cliff> out;
  std::int64_t last = -2;
  for (const auto& second : seconds) {
    const std::int64_t at = second.at;
    if (at < k_soonest || second.keys * 2 < rule.least_keys) continue;
    const double height = around(at);
    if (second.keys < rule.times_around * height) continue;
    if (at != last + 1) {
      out.push_back({pattern, (start_ + at) * 1000, 0, 0, forgotten_ > 0, height});
    }
    last = at;
    out.back().seconds += 1;
    out.back().keys += second.keys;
    out.back().around_per_second = std::min(out.back().around_per_second, height);
  }
  std::erase_if(out, [&](const Cliff& cliff) { return cliff.keys < rule.least_keys; });
  return out;
}

void sort_cliffs(std::vector<Cliff>& cliffs) {
  std::ranges::sort(cliffs, [](const Cliff& a, const Cliff& b) {
    if (a.keys != b.keys) return a.keys > b.keys;
    if (a.at_unix_ms != b.at_unix_ms) return a.at_unix_ms < b.at_unix_ms;
    return a.pattern < b.pattern;
  });
}

}  // namespace rcache
