#include "stampede/report.h"

#include <algorithm>
#include <tuple>

namespace rcache::stampede {
namespace {

auto merit(const StrategyReport& report) {
  return std::tuple(report.unstable_at_seconds.has_value(), !report.keeps_within_slots,
                    report.errors, report.latency.p999,
                    report.stale_age ? report.stale_age->max : 0.0, report.loads,
                    static_cast<int>(report.strategy));
}

}  // namespace

bool better(const StrategyReport& a, const StrategyReport& b) {
  return merit(a) < merit(b);
}

void rank(Report& report) {
  std::sort(report.strategies.begin(), report.strategies.end(), better);
}

}  // namespace rcache::stampede
