#include "stampede/outlook.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "stampede/closed_forms.h"
#include "stampede/math.h"
#include "stampede/zipf.h"

namespace rcache::stampede {
namespace {

constexpr double k_lock_margin = 2;         // times the longest load
constexpr double k_least_lock_seconds = 1;  // a load can always be slower than it was measured
constexpr double k_steady = 0.6;            // standard deviation over mean
constexpr double k_convoy = 0.5;            // from 0.6 on waiters give up
constexpr double k_redlock_patience = 2;    // seconds
constexpr double k_redlock_longest_load = 1;

/// The load time below which lies this part of all, in seconds.
double quantile(const LoadTime& load_time, double part) {
  const double span = seconds(load_time.span);
  switch (load_time.kind) {
    case LoadTime::Kind::exponential:
      return -log_of(1 - part) * span;
    case LoadTime::Kind::uniform:
      return span + part * (seconds(load_time.upper) - span);
    case LoadTime::Kind::lognormal:
      return span * exp_of(load_time.sigma * normal_quantile(part));
    default:
      return span;
  }
}

/// Standard deviation over mean.
double variation(const LoadTime& load_time) {
  switch (load_time.kind) {
    case LoadTime::Kind::exponential:
      return 1;
    case LoadTime::Kind::uniform:
      return seconds(load_time.upper - load_time.span) / std::sqrt(12.0) / mean_seconds(load_time);
    case LoadTime::Kind::lognormal:
      return std::sqrt(exp_of(load_time.sigma * load_time.sigma) - 1);
    default:
      return 0;
  }
}

/// A closed loop asks at most this often.
double rate_of(const Scenario& scenario) {
  return scenario.clients > 0 ? scenario.clients / seconds(scenario.think) : scenario.rate;
}

double slowdown(const Scenario& scenario) {
  return scenario.slow_at ? std::max(1.0, scenario.slow_factor) : 1;
}

/// The load that keeping all keys fresh is, with what is known of each.
class Floor {
 public:
  /// In: all outlive this.
  Floor(const Observed& observed, std::span<const double> shares, double rate, double load,
        double slow)
      : observed_(observed), shares_(shares), rate_(rate), load_(load), slow_(slow) {}

  /// Loads at once when no key lives shorter than `least`, nor the scenario's than `ttl`.
  double loads(double ttl, double least = 0) const {
    double sum = 0;
    for (std::size_t key = 0; key < shares_.size(); ++key) {
      const double own = observed_.ttls.empty() ? ttl : std::max(observed_.ttls[key], least);
      const double load = observed_.loads.empty() ? load_ : observed_.loads[key] * slow_;
      sum += closed::floor_load(shares_[key] * rate_, load, own);
    }
    return sum;
  }

 private:
  const Observed& observed_;
  std::span<const double> shares_;
  double rate_;
  double load_;
  double slow_;
};

/// The least TTL with which the floor is within the slots: that of every key that lives shorter.
Nanos least_ttl(const Floor& floor, double shortest, double slots) {
  double low = shortest;
  double high = 2 * low;
  while (floor.loads(high, high) > slots) high *= 2;
  for (int step = 0; step < 40; ++step) {
    const double middle = (low + high) / 2;
    (floor.loads(middle, middle) > slots ? low : high) = middle;
  }
  return round_up(high);
}

/// The parts of the keys that expire at the same time: within one load, or within the second that
/// a clock of whole seconds makes of it.
struct Together {
  std::vector<double> shares = {};
  bool later = false;  ///< after the end of the run
};

Together expiring_together(const Scenario& scenario, std::span<const double> shares, double load) {
  if (!scenario.warm) return {};
  const auto* expiries = scenario.first_expiries.get();
  if (expiries == nullptr) {
    const auto first = shares.first(scenario.keys_together());
    return {{first.begin(), first.end()}};
  }
  std::vector<std::uint32_t> keys;
  for (std::uint32_t key = 0; key < expiries->size(); ++key)
    if ((*expiries)[key] > 0 && (*expiries)[key] < k_beyond) keys.push_back(key);
  std::sort(keys.begin(), keys.end(),
            [&](std::uint32_t a, std::uint32_t b) { return (*expiries)[a] < (*expiries)[b]; });
  const Nanos window = std::max(from_seconds(load), k_second);
  std::size_t best = 0;
  std::size_t most = 0;
  for (std::size_t first = 0, last = 0; first < keys.size(); ++first) {
    while (last < keys.size() && (*expiries)[keys[last]] - (*expiries)[keys[first]] < window)
      ++last;
    if (last - first > most) {
      most = last - first;
      best = first;
    }
  }
  Together out;
  for (std::size_t index = best; index < best + most; ++index)
    out.shares.push_back(shares[keys[index]]);
  out.later = most > 0 && (*expiries)[keys[best]] >= scenario.duration;
  return out;
}

}  // namespace

Nanos round_up(double span_seconds) {
  double step = 0.001;
  while (span_seconds > 99.5 * step) step *= 10;
  // What is whole but for the last bit stays what it is.
  const double steps = std::ceil(span_seconds / step - 1e-9);
  return from_seconds(std::max(1.0, steps) * step);
}

Outlook outlook(const Scenario& scenario, const Observed& observed) {
  Outlook out;
  const double slow = slowdown(scenario);
  const double rate = rate_of(scenario);
  const double slots = scenario.db_slots;
  const double ttl = seconds(scenario.ttl);
  std::vector<double> by_zipf;
  if (observed.shares.empty()) by_zipf = zipf_shares(scenario.keys, scenario.zipf);
  const auto shares = std::span<const double>(observed.shares.empty() ? by_zipf : observed.shares);
  const double load = mean_seconds(scenario.load_time) * slow;
  out.load_seconds = load;
  out.longest_seconds = slow * (observed.longest_load > 0 ? observed.longest_load
                                                          : quantile(scenario.load_time, 0.999));
  out.key_rate = rate * *std::max_element(shares.begin(), shares.end());
  const Floor floor(observed, shares, rate, load, slow);
  out.floor_loads = floor.loads(ttl);
  out.expiry_loads = scenario.db == DatabaseModel::shared
                         ? closed::loads_shared(out.key_rate, load, slots)
                         : closed::loads_cache_aside(out.key_rate, load);
  if (out.floor_loads > slots) {
    const auto& own = observed.ttls;
    const double shortest = own.empty() ? ttl : *std::min_element(own.begin(), own.end());
    out.least_ttl = least_ttl(floor, shortest, slots);
  }
  const auto together = expiring_together(scenario, shares, load);
  if (together.shares.size() > 1) {
    double asked = 0;
    double herd = 0;
    for (const double share : together.shares) {
      const double each = share * rate;
      out.keys_together += 1 - exp_of(-each * load);
      const double in_time = 1 - exp_of(-each * ttl);
      asked += in_time;
      herd += in_time * (1 + each * load);
    }
    const auto needed = round_up(closed::jitter_needed(asked, load, slots));
    const bool spread = scenario.jitter_all && scenario.jitter_or_default() >= needed;
    if (spread) out.keys_together = 0;
    if (out.keys_together > slots) {
      out.together_later = together.later;
      out.jitter = needed;
      out.herd_jitter = round_up(closed::jitter_needed(herd, load, slots));
    }
  }
  const double lock = std::max(k_least_lock_seconds, k_lock_margin * out.longest_seconds);
  out.lock_ttl = round_up(lock);
  const double critical = closed::xfetch_critical_delta(out.key_rate, scenario.beta, ttl);
  out.delta_cap = round_up(std::min(k_lock_margin * out.longest_seconds, critical / 2));
  return out;
}

std::optional<Objection> objection(const Scenario& scenario, const Outlook& outlook,
                                   Strategy strategy) {
  using Kind = Objection::Kind;
  const double load = outlook.load_seconds;
  switch (strategy) {
    case Strategy::lock_once: {
      const double wait = seconds(scenario.wait_once);
      const double late = quantile(scenario.load_time, 0.99) * slowdown(scenario);
      if (late > wait) return Objection{Kind::wait_too_short, late, wait};
      break;
    }
    case Strategy::redlock:
    case Strategy::redlock_recheck: {
      if (load > k_redlock_longest_load) return Objection{Kind::gives_up, load, k_redlock_patience};
      const double convoy =
          outlook.key_rate * load * 2 * seconds(scenario.rtt) / (k_redlock_patience - load);
      // Who looks again after giving up finds the value.
      if (strategy == Strategy::redlock && convoy > k_convoy)
        return Objection{Kind::convoy, convoy, k_convoy};
      break;
    }
    case Strategy::xfetch_nodelta:
    case Strategy::xfetch: {
      const double delta = strategy == Strategy::xfetch ? load : 1;
      const double gap = closed::xfetch_gap(outlook.key_rate, scenario.beta, delta);
      const double half = seconds(scenario.ttl) / 2;
      if (gap > half) return Objection{Kind::too_early, gap, half};
      const double vary = std::max(variation(scenario.load_time),
                                   slowdown(scenario) > 1 ? slowdown(scenario) - 1 : 0);
      if (vary > k_steady) return Objection{Kind::unsteady, vary, k_steady};
      break;
    }
    default:
      break;
  }
  return std::nullopt;
}

}  // namespace rcache::stampede
