#include "stampede/report.h"

#include <algorithm>
#include <tuple>

namespace rcache::stampede {
namespace {

/// 0: no errors; then one more for each order of magnitude, from one request in 1,000 on. So that
/// four errors more or less in a run do not outweigh a minute of waiting.
int error_class(const StrategyReport& report) {
  if (report.errors == 0) return 0;
  int level = 1;
  for (auto part = report.errors; part >= report.requests / 1000 + 1; part /= 10) ++level;
  return level;
}

auto merit(const StrategyReport& report) {
  // Of two that come to the same the later one in the list is the better guarded.
  return std::tuple(report.unstable_at_seconds.has_value(), !report.keeps_within_slots,
                    error_class(report), report.latency.p999,
                    report.stale_age ? report.stale_age->max : 0.0, report.loads,
                    -static_cast<int>(report.strategy));
}

}  // namespace

bool better(const StrategyReport& a, const StrategyReport& b) {
  return merit(a) < merit(b);
}

void rank(Report& report) {
  std::sort(report.strategies.begin(), report.strategies.end(), better);
}

}  // namespace rcache::stampede
