#include "stampede/recording.h"

#include <algorithm>

namespace rcache::stampede {

std::size_t RecordedArrivals::fill(std::span<Arrival> block) {
  const auto count = std::min(block.size(), all_->size() - next_);
  std::copy_n(all_->begin() + static_cast<std::ptrdiff_t>(next_), count, block.begin());
  next_ += count;
  return count;
}

}  // namespace rcache::stampede
