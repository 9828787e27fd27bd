#include "stampede/random.h"

#include <algorithm>

#include "stampede/math.h"

namespace rcache::stampede {

Nanos draw_load_time(const LoadTime& load_time, double uniform) {
  const auto span = static_cast<double>(load_time.span);
  double drawn = span;
  switch (load_time.kind) {
    case LoadTime::Kind::constant:
      return load_time.span;
    case LoadTime::Kind::exponential:
      drawn = -log_of(uniform) * span;
      break;
    case LoadTime::Kind::uniform:
      drawn = span + uniform * static_cast<double>(load_time.upper - load_time.span);
      break;
    case LoadTime::Kind::lognormal:
      // 1 itself has no quantile; half a step below it is as good.
      drawn = span * exp_of(load_time.sigma * normal_quantile(std::min(uniform, 1 - 0x1p-54)));
      break;
  }
  return std::max<Nanos>(1, static_cast<Nanos>(drawn + 0.5));
}

}  // namespace rcache::stampede
