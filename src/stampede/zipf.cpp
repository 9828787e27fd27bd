#include "stampede/zipf.h"

#include <algorithm>
#include <cmath>

#include "stampede/math.h"

namespace rcache::stampede {
namespace {

/// The weights of all keys together, that of the first one being 1: the first thousand one by one,
/// the others by the integral under them.
double sum_of_weights(std::uint32_t keys, double exponent) {
  constexpr std::uint32_t k_one_by_one = 1000;
  const auto exact = std::min(keys, k_one_by_one);
  double sum = 0;
  for (std::uint32_t key = 1; key <= exact; ++key) sum += power(key, -exponent);
  if (keys == exact) return sum;
  const double from = exact + 0.5;
  const double to = keys + 0.5;
  const double flat = 1 - exponent;
  if (std::abs(flat) < 1e-6) return sum + log_of(to / from);
  return sum + (power(to, flat) - power(from, flat)) / flat;
}

}  // namespace

std::vector<double> zipf_shares(std::uint32_t keys, double exponent) {
  std::vector<double> shares(keys);
  double sum = 0;
  for (std::uint32_t key = 0; key < keys; ++key) {
    shares[key] = exponent == 0 ? 1 : power(key + 1.0, -exponent);
    sum += shares[key];
  }
  for (auto& share : shares) share /= sum;
  return shares;
}

double zipf_exponent(std::uint32_t keys, double largest_share) {
  constexpr double k_most = 5;
  double low = 0;
  double high = k_most;
  for (int step = 0; step < 40; ++step) {
    const double middle = (low + high) / 2;
    (largest_share * sum_of_weights(keys, middle) > 1 ? low : high) = middle;
  }
  return (low + high) / 2;
}

Zipf::Zipf(std::uint32_t keys, double exponent) : slots_(keys) {
  auto left = zipf_shares(keys, exponent);
  for (auto& share : left) share *= keys;
  std::vector<std::uint32_t> small;
  std::vector<std::uint32_t> large;
  for (std::uint32_t key = 0; key < keys; ++key) {
    slots_[key].other = key;
    (left[key] < 1 ? small : large).push_back(key);
  }
  while (!small.empty() && !large.empty()) {
    const auto poor = small.back();
    small.pop_back();
    const auto rich = large.back();
    slots_[poor] = {static_cast<std::uint32_t>(std::min(left[poor] * 0x1p32, 4294967295.0)), rich};
    left[rich] -= 1 - left[poor];
    if (left[rich] < 1) {
      large.pop_back();
      small.push_back(rich);
    }
  }
}

}  // namespace rcache::stampede
