#include "core/ttl_histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace rcache {
namespace {

constexpr int k_bits = 4;
constexpr std::size_t k_parts = std::size_t{1} << k_bits;  // buckets to a doubling
constexpr auto k_full = std::numeric_limits<std::uint32_t>::max();

// Below 16 each value has its own bucket; then the first five bits of a value name its bucket.
std::size_t bucket_of(std::int64_t value) {
  const auto bits = static_cast<std::uint64_t>(value);
  if (bits < k_parts) return static_cast<std::size_t>(bits);
  const auto shift = static_cast<std::size_t>(std::bit_width(bits)) - k_bits - 1;
  return shift * k_parts + static_cast<std::size_t>(bits >> shift);
}

double low_edge(std::size_t bucket) {
  if (bucket < k_parts) return static_cast<double>(bucket);
  const auto shift = bucket / k_parts - 1;
  return std::ldexp(static_cast<double>(bucket % k_parts + k_parts), static_cast<int>(shift));
}

std::uint32_t sum(std::uint32_t count, std::uint64_t more) {
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(k_full, count + more));
}

}  // namespace

void TtlHistogram::widen(std::size_t first, std::size_t last) {
  if (counts_.empty()) first_ = first;
  if (first < first_) {
    counts_.insert(counts_.begin(), first_ - first, 0);
    first_ = first;
  }
  if (last >= first_ + counts_.size()) counts_.resize(last - first_ + 1);
}

void TtlHistogram::add(std::int64_t ttl_ms, std::uint64_t keys) {
  if (keys == 0) return;
  const auto value = std::max<std::int64_t>(ttl_ms, 0);
  const auto bucket = bucket_of(value);
  widen(bucket, bucket);
  counts_[bucket - first_] = sum(counts_[bucket - first_], keys);
  min_ = keys_ == 0 ? value : std::min(min_, value);
  max_ = keys_ == 0 ? value : std::max(max_, value);
  keys_ += keys;
}

void TtlHistogram::merge(const TtlHistogram& other) {
  if (other.empty()) return;
  widen(other.first_, other.first_ + other.counts_.size() - 1);
  for (std::size_t at = 0; at < other.counts_.size(); ++at) {
    auto& count = counts_[other.first_ - first_ + at];
    count = sum(count, other.counts_[at]);
  }
  min_ = keys_ == 0 ? other.min_ : std::min(min_, other.min_);
  max_ = keys_ == 0 ? other.max_ : std::max(max_, other.max_);
  keys_ += other.keys_;
}

std::optional<std::int64_t> TtlHistogram::min_ms() const {
  return empty() ? std::nullopt : std::optional(min_);
}

std::optional<std::int64_t> TtlHistogram::max_ms() const {
  return empty() ? std::nullopt : std::optional(max_);
}

std::optional<std::int64_t> TtlHistogram::quantile_ms(double ratio) const {
  if (empty()) return std::nullopt;
  if (!(ratio > 0)) return min_;
  if (ratio >= 1) return max_;
  const double rank = std::max(std::ceil(ratio * static_cast<double>(keys_)), 1.0);
  double before = 0;
  for (std::size_t at = 0; at < counts_.size(); ++at) {
    const double here = counts_[at];
    if (before + here < rank) {
      before += here;
      continue;
    }
    // The keys of a bucket are thought to be spread evenly over it.
    const double low = low_edge(first_ + at);
    const double width = low_edge(first_ + at + 1) - low;
    const double value = std::floor(low + width * (rank - before - 0.5) / here);
    return std::clamp(static_cast<std::int64_t>(value), min_, max_);
  }
  return max_;
}

double TtlHistogram::keys_between(double from_ms, double to_ms) const {
  double keys = 0;
  for (std::size_t at = 0; at < counts_.size(); ++at) {
    if (counts_[at] == 0) continue;
    const double low = std::max(low_edge(first_ + at), static_cast<double>(min_));
    const double high = std::min(low_edge(first_ + at + 1), static_cast<double>(max_) + 1);
    const double inside = std::min(high, to_ms) - std::max(low, from_ms);
    if (inside > 0) keys += counts_[at] * std::min(inside / (high - low), 1.0);
  }
  return keys;
}

TtlHistogram::Bin TtlHistogram::around(double from_ms, double to_ms) const {
  Bin out{from_ms, to_ms, 0};
  for (std::size_t at = 0; at < counts_.size(); ++at) {
    const double low = low_edge(first_ + at);
    const double high = low_edge(first_ + at + 1);
    if (high <= from_ms || low >= to_ms) continue;
    out.from_ms = std::min(out.from_ms, low);
    out.to_ms = std::max(out.to_ms, high);
    out.keys += counts_[at];
  }
  return out;
}

std::vector<TtlHistogram::Bin> TtlHistogram::bins(double from_ms, double to_ms,
                                                  std::size_t count) const {
  std::vector<Bin> out;
  const double step = std::log(to_ms / from_ms) / static_cast<double>(count);
  for (std::size_t at = 0; at < count; ++at) {
    const double low = from_ms * std::exp(step * static_cast<double>(at));
    const double high = from_ms * std::exp(step * static_cast<double>(at + 1));
    const double from = at == 0 ? 0 : low;
    const double to = at + 1 == count ? std::numeric_limits<double>::infinity() : high;
    out.push_back({low, high, keys_between(from, to)});
  }
  return out;
}

}  // namespace rcache
