#include "stampede/recording.h"

#include <algorithm>
#include <cmath>

#include "stampede/math.h"

#include <algorithm>

namespace rcache::stampede {

LoadTime load_time_of(const Recorded::Loads& loads) {
  LoadTime out;
  out.span = std::max(from_seconds(loads.p50_seconds), k_microsecond);
  const double median = seconds(out.span);
  if (loads.p99_seconds <= 1.05 * median) return out;
  out.kind = LoadTime::Kind::lognormal;
  // Two digits, so that it can be typed.
  out.sigma = std::round(100 * log_of(loads.p99_seconds / median) / normal_quantile(0.99)) / 100;
  return out;
}

std::size_t RecordedArrivals::fill(std::span<Arrival> block) {
  const auto count = std::min(block.size(), all_->size() - next_);
  std::copy_n(all_->begin() + static_cast<std::ptrdiff_t>(next_), count, block.begin());
  next_ += count;
  return count;
}

}  // namespace rcache::stampede
