#include "stampede/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "stampede/math.h"

namespace rcache::stampede {
namespace {

constexpr int k_exact_bits = 11;

std::size_t bucket_of(Nanos value) {
  const auto unsigned_value = static_cast<std::uint64_t>(std::max<Nanos>(value, 0));
  const auto width = static_cast<int>(std::bit_width(unsigned_value));
  const int shift = std::max(0, width - k_exact_bits);
  return static_cast<std::size_t>(shift) * (1U << (k_exact_bits - 1)) + (unsigned_value >> shift);
}

}  // namespace

void Histogram::add(Nanos value, std::uint64_t count) {
  if (count == 0) return;
  const auto index = bucket_of(value);
  if (index >= buckets_.size()) buckets_.resize(index + 1);
  auto& bucket = buckets_[index];
  bucket.count += count;
  bucket.max = std::max(bucket.max, value);
  count_ += count;
  sum_ += static_cast<double>(value) * static_cast<double>(count);
  max_ = std::max(max_, value);
}

Nanos Histogram::at(double ratio) const {
  if (count_ == 0) return 0;
  const auto rank = std::clamp<std::uint64_t>(
      static_cast<std::uint64_t>(std::ceil(ratio * static_cast<double>(count_))), 1, count_);
  std::uint64_t seen = 0;
  for (const auto& bucket : buckets_) {
    seen += bucket.count;
    if (seen >= rank) return bucket.max;
  }
  return max_;
}

Spread Histogram::spread() const {
  return {seconds(at(0.5)), seconds(at(0.95)), seconds(at(0.99)), seconds(at(0.999)),
          seconds(max_)};
}

std::vector<CurvePoint> Histogram::curve(std::size_t points) const {
  std::vector<CurvePoint> out;
  if (count_ == 0 || points < 2) return out;
  // Evenly on the scale of nines, from the smallest value to the last one of all.
  const double nines = log_of(static_cast<double>(count_) + 1);
  std::uint64_t seen = 0;
  std::size_t bucket = 0;
  for (std::size_t point = 0; point < points; ++point) {
    const double share = static_cast<double>(point) / static_cast<double>(points - 1);
    const double ratio = point + 1 == points ? 1 : 1 - exp_of(-nines * share);
    const auto rank = std::max<std::uint64_t>(
        1, static_cast<std::uint64_t>(std::ceil(ratio * static_cast<double>(count_))));
    while (seen < rank && bucket < buckets_.size()) seen += buckets_[bucket++].count;
    const double value = seconds(bucket == 0 ? 0 : buckets_[bucket - 1].max);
    if (!out.empty() && out.back().seconds == value) {
      out.back().ratio = ratio;
    } else {
      out.push_back({ratio, value});
    }
  }
  return out;
}

}  // namespace rcache::stampede
