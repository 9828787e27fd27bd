#include "stampede/expected_sizes.h"

#include <cmath>
#include <optional>

#include "stampede/closed_forms.h"
#include "stampede/math.h"

namespace rcache::stampede {
namespace {

bool is_plain(const Scenario& scenario) {
  return scenario.keys == 1 && scenario.clients == 0 && scenario.crash == 0 && !scenario.slow_at &&
         !scenario.down_at && scenario.invalidate_every == 0 && !scenario.whole_seconds &&
         scenario.db_timeout == 0 && scenario.load_time.kind == LoadTime::Kind::constant;
}

std::vector<double> poisson_after_first(double mean, std::size_t largest) {
  std::vector<double> out;
  double log_term = -mean;
  for (std::size_t more = 0; more < largest; ++more) {
    out.push_back(log_term < -700 ? 0 : exp_of(log_term));
    log_term += log_of(mean) - log_of(static_cast<double>(more) + 1);
  }
  return out;
}

std::vector<double> geometric(double first, std::size_t largest) {
  std::vector<double> out;
  double chance = first;
  for (std::size_t size = 1; size <= largest; ++size) {
    out.push_back(chance);
    chance *= 1 - first;
  }
  return out;
}

std::vector<double> always_one(std::size_t largest) {
  std::vector<double> out(largest);
  if (largest > 0) out.front() = 1;
  return out;
}

/// XFetch's law holds at a high rate, and while refreshes come well after the last one.
std::optional<double> chance_of_one(const Scenario& scenario, double delta) {
  const double load = seconds(scenario.load_time.span);
  const double gap = closed::xfetch_gap(scenario.rate, scenario.beta, delta);
  if (scenario.rate * scenario.beta * delta < 10 || gap > seconds(scenario.ttl) / 2)
    return std::nullopt;
  return exp_of(-load / (scenario.beta * delta));
}

}  // namespace

std::vector<double> expected_sizes(const Scenario& scenario, Strategy strategy,
                                   std::size_t largest) {
  if (!is_plain(scenario) || largest == 0) return {};
  const double load = seconds(scenario.load_time.span);
  const double mean = scenario.rate * load;
  // Beyond its slots a shared database makes every load longer.
  const bool slows =
      scenario.db == DatabaseModel::shared && mean + 1 + 3 * std::sqrt(mean) > scenario.db_slots;
  switch (strategy) {
    case Strategy::none:
    case Strategy::jitter:
    case Strategy::swr:
      if (slows || mean <= 0) return {};
      return poisson_after_first(mean, largest);
    case Strategy::xfetch:
    case Strategy::xfetch_nodelta: {
      const double measured = scenario.delta_cap > 0
                                  ? seconds(std::min(scenario.delta_cap, scenario.load_time.span))
                                  : load;
      const auto first = chance_of_one(scenario, strategy == Strategy::xfetch ? measured : 1);
      if (!first) return {};
      if (scenario.db == DatabaseModel::shared && scenario.db_slots < 3 / *first) return {};
      return geometric(*first, largest);
    }
    case Strategy::lock_retry:
    case Strategy::xfetch_lock:
    case Strategy::swr_lock:
      if (scenario.lock_ttl && *scenario.lock_ttl <= scenario.load_time.span) return {};
      return always_one(largest);
    default:
      return {};
  }
}

}  // namespace rcache::stampede
