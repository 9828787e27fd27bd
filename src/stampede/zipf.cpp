#include "stampede/zipf.h"

#include <algorithm>

#include "stampede/math.h"

namespace rcache::stampede {

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
