#pragma once

#include <algorithm>
#include <cmath>

#include "stampede/scenario.h"

namespace rcache::stampede {

// What a scenario lets go wrong, and what it adds to a TTL: the same for the simulation and for a
// live run, so that they can be compared.

inline bool is_down(const Scenario& scenario, Nanos now) {
  return scenario.down_at && now >= *scenario.down_at &&
         now - *scenario.down_at < scenario.down_for;
}

/// How long a load takes that starts now, and would take `alone` when all is well.
inline Nanos work_at(const Scenario& scenario, Nanos now, Nanos alone) {
  if (scenario.slow_at && now >= *scenario.slow_at) {
    alone =
        std::max<Nanos>(1, static_cast<Nanos>(static_cast<double>(alone) * scenario.slow_factor));
  }
  // Who asks a database that is down is turned away at once.
  return is_down(scenario, now) ? std::min(alone, k_millisecond) : alone;
}

/// Whether a load comes to nothing because the database is down at its start or its end.
inline bool is_refused(const Scenario& scenario, Nanos started, Nanos ended) {
  return is_down(scenario, ended) || is_down(scenario, started);
}

/// What jitter adds to a TTL. In: a uniform number in [0, 1).
inline Nanos jitter_of(const Scenario& scenario, double uniform) {
  const Nanos unit = scenario.whole_seconds ? k_second : k_millisecond;
  const auto units = static_cast<double>(scenario.jitter_or_default() / unit);
  return static_cast<Nanos>(std::floor(uniform * units)) * unit;
}

}  // namespace rcache::stampede
