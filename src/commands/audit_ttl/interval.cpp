#include "commands/audit_ttl/interval.h"

#include <algorithm>
#include <cmath>

namespace rcache::audit_ttl {

Interval sample_interval(std::uint64_t hits, std::uint64_t sampled, std::uint64_t population) {
  if (sampled == 0) return {};
  const auto n = static_cast<double>(sampled);
  const double ratio = std::min(static_cast<double>(hits) / n, 1.0);
  double effective = n;
  if (population > 0) {
    const auto all = static_cast<double>(population);
    if (all <= n) return {ratio, ratio, ratio};
    effective = n * (all - 1) / (all - n);
  }
  constexpr double k_z = 1.959963984540054;  // the 97.5 % point of the normal distribution
  const double z2 = k_z * k_z;
  const double centre = (ratio + z2 / (2 * effective)) / (1 + z2 / effective);
  const double reach =
      k_z / (1 + z2 / effective) *
      std::sqrt(ratio * (1 - ratio) / effective + z2 / (4 * effective * effective));
  // What was seen bounds the whole as well, and rounding must not push a bound past it.
  double low = hits == 0 ? 0 : std::max(centre - reach, 0.0);
  double high = hits >= sampled ? 1 : std::min(centre + reach, 1.0);
  if (population > 0) {
    const auto all = static_cast<double>(population);
    low = std::max(low, static_cast<double>(hits) / all);
    high = std::min(high, 1 - (n - static_cast<double>(std::min(hits, sampled))) / all);
  }
  return {ratio, low, high};
}

}  // namespace rcache::audit_ttl
