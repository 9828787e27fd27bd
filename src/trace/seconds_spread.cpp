#include "trace/seconds_spread.h"

#include <algorithm>
#include <array>

#include "trace/hash.h"

namespace rcache::trace {
namespace {

constexpr std::uint32_t k_second_ns = 1'000'000'000;

/// Sorts by the lower 30 bits, ten at a time: a second of a busy trace has a million requests.
void radix_sort(std::vector<std::uint32_t>& numbers, std::vector<std::uint32_t>& room) {
  constexpr unsigned k_bits = 10;
  constexpr std::uint32_t k_mask = (1U << k_bits) - 1;
  room.resize(numbers.size());
  for (unsigned shift = 0; shift < 30; shift += k_bits) {
    std::array<std::uint32_t, std::size_t{1} << k_bits> starts{};
    for (const auto number : numbers) ++starts[number >> shift & k_mask];
    std::uint32_t sum = 0;
    for (auto& start : starts) {
      const auto count = start;
      start = sum;
      sum += count;
    }
    for (const auto number : numbers) room[starts[number >> shift & k_mask]++] = number;
    numbers.swap(room);
  }
}

}  // namespace

/// Source:  Lemire, "Fast Random Integer Generation in an Interval" (2019): the upper half of a
///          product; what it is off by is a quarter of a nanosecond.
std::uint32_t SecondsSpread::draw() {
  state_ += 0x9e3779b97f4a7c15ULL;
  const auto bits = spread_bits(state_) >> 32U;
  return static_cast<std::uint32_t>(bits * k_second_ns >> 32U);
}

void SecondsSpread::finish() {
  constexpr std::size_t k_few = 256;
  moments_.resize(pending_.size());
  for (auto& moment : moments_) moment = draw();
  if (pending_.size() <= k_few) {
    std::sort(moments_.begin(), moments_.end());
  } else {
    radix_sort(moments_, room_);
  }
  for (std::size_t i = 0; i < pending_.size(); ++i) pending_[i].time_ns += moments_[i];
  out_.insert(out_.end(), pending_.begin(), pending_.end());
  pending_.clear();
}

}  // namespace rcache::trace
