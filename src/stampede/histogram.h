#pragma once

#include <cstdint>
#include <vector>

#include "stampede/report.h"
#include "stampede/time.h"

namespace rcache::stampede {

/// Counts of values, in buckets that are exact below 2,048 and at most 0.1 % wide above. Each
/// remembers its largest value, so a percentile is always a value that occurred.
///
/// Source:  the layout of HdrHistogram (hdrhistogram.org), 1,024 buckets for each power of two
class Histogram {
 public:
  void add(Nanos value, std::uint64_t count = 1);

  std::uint64_t count() const { return count_; }
  double mean() const { return count_ == 0 ? 0 : sum_ / static_cast<double>(count_); }
  Nanos max() const { return max_; }
  /// The smallest value that `ratio` of all do not exceed; 0 when there are none.
  Nanos at(double ratio) const;

  Spread spread() const;
  /// At most `points` points, denser towards 1, the last one the largest value.
  std::vector<CurvePoint> curve(std::size_t points) const;

  struct Bucket {
    std::uint64_t count = 0;
    Nanos max = 0;
  };
  /// From the smallest values to the largest; empty ones in between.
  const std::vector<Bucket>& buckets() const { return buckets_; }

 private:
  std::vector<Bucket> buckets_;
  std::uint64_t count_ = 0;
  double sum_ = 0;
  Nanos max_ = 0;
};

}  // namespace rcache::stampede
