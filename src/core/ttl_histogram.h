#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace rcache {

/// How long keys have left, in little memory: sixteen buckets to each doubling.
///
/// The smallest and the largest value are exact; a quantile is off by at most 1/16 of itself. Only
/// the stretch between the smallest and the largest bucket takes memory: 64 bytes for each
/// doubling.
/// Source:  HdrHistogram (linear sub-buckets in buckets of powers of two),
///          https://hdrhistogram.github.io/HdrHistogram/
class TtlHistogram {
 public:
  /// In:      `ttl_ms`, what PTTL said; below 0 counts as 0.
  void add(std::int64_t ttl_ms, std::uint64_t keys = 1);
  /// As if all that was added to `other` had been added here.
  void merge(const TtlHistogram& other);

  std::uint64_t keys() const { return keys_; }
  bool empty() const { return keys_ == 0; }
  /// Empty when there are no keys.
  std::optional<std::int64_t> min_ms() const;
  std::optional<std::int64_t> max_ms() const;
  /// The value that a share `ratio` of the keys does not exceed. In: 0 to 1 (0.5 is the median).
  std::optional<std::int64_t> quantile_ms(double ratio) const;

  /// About how many keys lie in `from_ms` (inclusive) to `to_ms` (exclusive); a bucket that is cut
  /// counts by the part inside.
  double keys_between(double from_ms, double to_ms) const;

  /// One stretch and its keys: `from_ms` (inclusive) to `to_ms` (exclusive).
  struct Bin {
    double from_ms = 0;
    double to_ms = 0;
    double keys = 0;
  };
  /// The whole buckets that touch `from_ms` to `to_ms`.
  Bin around(double from_ms, double to_ms) const;
  /// The whole as `count` bins of equal width on a logarithmic scale, from `from_ms` to `to_ms`,
  /// for charts. In: 0 < from_ms < to_ms. What is outside counts in the outermost bins.
  std::vector<Bin> bins(double from_ms, double to_ms, std::size_t count) const;

 private:
  void widen(std::size_t first, std::size_t last);

  std::uint64_t keys_ = 0;
  std::int64_t min_ = 0;
  std::int64_t max_ = 0;
  std::size_t first_ = 0;  ///< the bucket that `counts_[0]` is
  std::vector<std::uint32_t> counts_ =
      {};  ///< full at 4,294,967,295 keys, which is all that Redis holds
};

}  // namespace rcache
