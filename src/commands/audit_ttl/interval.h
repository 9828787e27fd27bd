#pragma once

#include <cstdint>

namespace rcache::audit_ttl {

/// A share, and between which bounds it lies in 95 of 100 samples. 0 to 1.
struct Interval {
  double ratio = 0;
  double low = 0;
  double high = 1;
};

/// What a sample says of the whole: `hits` of `sampled` keys, out of `population`.
///
/// In:      a random sample without repeats; `population` 0 when unknown (then it counts as
///          endless). sampled 0 says nothing: 0 to 1. A sample of all is exact.
/// Source:  Wilson, "Probable inference", JASA 22 (1927); the finite population enters as an
///          effective sample size n (N-1) / (N-n): Cochran, "Sampling Techniques", 3rd ed., 2.6
Interval sample_interval(std::uint64_t hits, std::uint64_t sampled, std::uint64_t population);

}  // namespace rcache::audit_ttl
