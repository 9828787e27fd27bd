#include "stampede/closed_forms.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "stampede/math.h"

namespace rcache::stampede::closed {
namespace {

constexpr double k_euler = 0.57721566490153286;

/// The mean of (load - G)+, G being the time after which redlock gives up: ten waits of 100 to 299
/// ms, each whole number alike.
///
/// Source:  github.com/mike-marcacci/node-redlock, src/index.ts
double mean_beyond_give_up(double load) {
  constexpr std::size_t k_waits = 10;
  constexpr std::size_t k_choices = 200;
  std::vector<double> chance{1};  // of a sum of waits, in ms beyond 100 for each
  for (std::size_t wait = 0; wait < k_waits; ++wait) {
    std::vector<double> next(chance.size() + k_choices - 1);
    double window = 0;
    for (std::size_t sum = 0; sum < next.size(); ++sum) {
      if (sum < chance.size()) window += chance[sum];
      if (sum >= k_choices) window -= chance[sum - k_choices];
      next[sum] = window / k_choices;
    }
    chance = std::move(next);
  }
  double mean = 0;
  for (std::size_t sum = 0; sum < chance.size(); ++sum) {
    const double give_up = 1.0 + static_cast<double>(sum) / 1000;
    mean += chance[sum] * std::max(0.0, load - give_up);
  }
  return mean;
}

/// How many requests have volunteered by `before` seconds before the expiry, on average.
double volunteers(double rate, double scale, double before) {
  return before >= 0 ? rate * scale * exp_of(-before / scale) : rate * scale - rate * before;
}

}  // namespace

double loads_cache_aside(double rate, double load) {
  return 1 + rate * load;
}

double loads_exponential(double rate, double load) {
  const double a = rate * load;
  double sum = 0;
  double product = 1;
  for (double n = 1; product > 1e-12; ++n) {
    sum += product;
    product *= a / (a + n);
  }
  return sum;
}

double loads_shared(double rate, double load, double slots) {
  const double alone = loads_cache_aside(rate, load);
  return rate * load <= slots ? alone : slots * exp_of(alone / slots - 1);
}

double loads_mutex(double rate, double load, double processes) {
  return 1 + (processes - 1) * (1 - exp_of(-rate * load / processes));
}

double loads_lock_once(double rate, double load, double wait) {
  return 1 + rate * std::max(0.0, load - wait);
}

double loads_short_lock(double load, double lock_ttl) {
  return 1 + std::floor(load / lock_ttl);
}

double loads_redlock(double rate, double load) {
  return 1 + rate * mean_beyond_give_up(load);
}

double loads_lease(double load, double interval) {
  return std::ceil(load / interval);
}

double loads_closed_loop(double clients, double load, double think) {
  return 1 + (clients - 1) * (1 - exp_of(-load / think));
}

double poll_mean_wait(double load, double poll) {
  const double m = std::floor(load / poll);
  const double rest = load - m * poll;
  return (poll * poll * m * (m + 1) / 2 + rest * (m + 1) * poll) / load;
}

double poll_longest_wait(double load, double poll) {
  return std::ceil(load / poll) * poll;
}

double xfetch_loads(double beta, double delta, double load) {
  return exp_of(load / (beta * delta));
}

double xfetch_loads_at_rate(double rate, double beta, double delta, double load) {
  const double scale = beta * delta;
  const double at_expiry = rate * scale;
  // First refresh when the count reaches an exponential E; the rest come in the load after it.
  constexpr int k_steps = 20'000;
  constexpr double k_largest = 40;
  double integral = 0;
  for (int step = 0; step < k_steps; ++step) {
    const double e = (step + 0.5) * k_largest / k_steps;
    const double first = e < at_expiry ? scale * log_of(at_expiry / e) : (at_expiry - e) / rate;
    integral += exp_of(-e) * (volunteers(rate, scale, first - load) - e) * k_largest / k_steps;
  }
  return 1 + integral;
}

double xfetch_gap(double rate, double beta, double delta) {
  const double scale = beta * delta;
  return scale * (log_of(rate * scale) + k_euler);
}

double xfetch_none(double rate, double beta, double delta) {
  return exp_of(-rate * beta * delta);
}

double xfetch_critical_delta(double rate, double beta, double ttl) {
  // The gap grows with delta once rate*beta*delta is above exp(-1.577): halve the interval.
  double low = exp_of(-1 - k_euler) / (rate * beta);
  double high = std::max(ttl, 2 * low);
  while (xfetch_gap(rate, beta, high) < ttl) high *= 2;
  for (int step = 0; step < 100; ++step) {
    const double middle = (low + high) / 2;
    (xfetch_gap(rate, beta, middle) < ttl ? low : high) = middle;
  }
  return high;
}

double hit_ratio(double rate, double ttl) {
  return rate * ttl / (1 + rate * ttl);
}

double hit_ratio(std::span<const double> shares, double rate, double ttl) {
  double sum = 0;
  for (const double share : shares) sum += share * hit_ratio(share * rate, ttl);
  return sum;
}

double hit_ratio_loading(double rate, double load, double ttl) {
  const double in_load = rate * load;
  const double cycle = 1 / rate + load + (load - (1 - exp_of(-in_load)) / rate) + ttl;
  return 1 - (1 + in_load) / (rate * cycle);
}

double mean_stale_age(double rate, double load) {
  const double in_load = rate * load;
  return 1 / rate + load / 2 * in_load / (1 + in_load);
}

double keys_asked_for(std::span<const double> shares, double rate, double seconds) {
  double sum = 0;
  for (const double share : shares) sum += 1 - exp_of(-share * rate * seconds);
  return sum;
}

double largest_second(double keys, std::uint32_t jitter_seconds) {
  // The mean of the largest of independent Poisson numbers: sum over k of 1 - P(all are at most k).
  const double mean = keys / jitter_seconds;
  double sum = 0;
  double log_term = -mean;  // of P(exactly k)
  double below = 0;
  for (double k = 0;; ++k) {
    below += exp_of(log_term);
    const double all = below >= 1 ? 1 : power(std::max(below, 1e-300), jitter_seconds);
    sum += 1 - all;
    if (k > mean && 1 - all < 1e-9) return sum;
    log_term += log_of(mean) - log_of(k + 1);
  }
}

double loads_jittered(double keys, double load, double jitter) {
  return keys * load / jitter;
}

double peak_xfetch_lock(double keys, double beta) {
  const double shrink = exp_of(-1 / beta);
  const double y = (1 / beta) / (1 - shrink);
  return keys * (exp_of(-y * shrink) - exp_of(-y));
}

double jitter_needed(double keys, double load, double slots) {
  const double root = (-3 + std::sqrt(9 + 4 * slots)) / 2;
  return keys * load / (root * root);
}

double floor_load(double rate, double load, double ttl) {
  return load / (ttl + load + 1 / rate);
}

double floor_loads(std::span<const double> shares, double rate, double load, double ttl) {
  double sum = 0;
  for (const double share : shares) sum += floor_load(share * rate, load, ttl);
  return sum;
}

double erlang_c(double rate, double load, std::uint32_t slots) {
  const double a = rate * load;
  double blocked = 1;  // Erlang B, by its recursion
  for (std::uint32_t k = 1; k <= slots; ++k) blocked = a * blocked / (k + a * blocked);
  const double used = a / slots;
  return blocked / (1 - used * (1 - blocked));
}

double mean_wait_exponential(double rate, double load, std::uint32_t slots) {
  const double used = rate * load / slots;
  return erlang_c(rate, load, slots) * load / (slots * (1 - used));
}

double mean_wait_constant(double rate, double load, std::uint32_t slots) {
  const double c = slots;
  const double used = rate * load / c;
  const double correction = 1 + (1 - used) * (c - 1) * (std::sqrt(4 + 5 * c) - 2) / (16 * used * c);
  return mean_wait_exponential(rate, load, slots) / 2 * correction;
}

}  // namespace rcache::stampede::closed
