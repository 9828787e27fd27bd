#include "stampede/generator.h"

#include "stampede/math.h"

namespace rcache::stampede {
namespace {

/// Longer than any run may be, and far from what a Nanos can hold.
constexpr Nanos k_end_of_time = k_never / 4;

}  // namespace

Generator::Generator(const Scenario& scenario, std::uint64_t seed,
                     std::shared_ptr<const Zipf> popularity)
    : gaps_(seed, Purpose::gap),
      keys_(seed, Purpose::key),
      popularity_(std::move(popularity)),
      mean_gap_(1e9 / scenario.rate),
      one_key_(scenario.keys == 1) {}

std::size_t Generator::fill(std::span<Arrival> block) {
  const auto first = index_;
  std::size_t count = 0;
  for (auto& arrival : block) {
    if (at_ > k_end_of_time) break;
    at_ += static_cast<Nanos>(-log_of(gaps_.above_zero(index_)) * mean_gap_ + 0.5);
    arrival = Arrival{};
    arrival.at = at_;
    if (!one_key_) popularity_->expect(keys_.bits(index_));
    ++index_;
    ++count;
  }
  for (std::size_t each = 0; !one_key_ && each < count; ++each)
    block[each].key = popularity_->draw(keys_.bits(first + each));
  return count;
}

}  // namespace rcache::stampede
