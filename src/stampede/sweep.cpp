#include "stampede/sweep.h"

#include <algorithm>
#include <utility>

namespace rcache::stampede {

Sweep simulate_sweep(const Job& job, std::string parameter, SweepUnit unit,
                     const std::vector<SweepValue>& values) {
  Sweep out;
  out.parameter = std::move(parameter);
  out.unit = unit;
  for (const auto& value : values) {
    if (job.stop != nullptr && *job.stop) break;
    Job one = job;
    one.scenario = value.scenario;
    const auto report = simulate(one, generated_arrivals(one.scenario));
    SweepPoint point;
    point.value = value.value;
    point.words = value.words;
    point.db_slots = value.scenario.db_slots;
    for (const auto& row : report.strategies) {
      point.results.push_back({row.strategy, row.peak_range, row.loads_range, row.p999_range,
                               row.errors, row.unstable_at_seconds.has_value(),
                               row.keeps_within_slots});
    }
    out.points.push_back(std::move(point));
  }
  return out;
}

std::vector<SweepResult> results_of(const Sweep& sweep, Strategy strategy) {
  std::vector<SweepResult> out;
  for (const auto& point : sweep.points) {
    const auto found =
        std::find_if(point.results.begin(), point.results.end(),
                     [&](const SweepResult& each) { return each.strategy == strategy; });
    if (found != point.results.end()) out.push_back(*found);
  }
  return out;
}

std::optional<std::size_t> last_within(const std::vector<SweepResult>& results) {
  const auto broken = std::find_if(results.begin(), results.end(), [](const SweepResult& each) {
    return !each.keeps_within_slots;
  });
  if (broken == results.begin()) return std::nullopt;
  return static_cast<std::size_t>(broken - results.begin()) - 1;
}

}  // namespace rcache::stampede
