#pragma once

#include <optional>
#include <vector>

#include "stampede/scenario.h"
#include "stampede/strategy.h"

namespace rcache::stampede {

/// What a trace knows better than a scenario.
struct Observed {
  std::vector<double> shares = {};  ///< of all requests, by key; empty: by the scenario's zipf
  std::vector<double> ttls = {};    ///< seconds, by key; empty: the scenario's
  std::vector<double> loads = {};   ///< seconds, the mean by key; empty: by the scenario
  double longest_load = 0;          ///< seconds; 0: by the scenario's load time
};

/// What the closed forms say of a scenario before anything is simulated. Loads are loads at once.
struct Outlook {
  double load_seconds = 0;     ///< the mean of a load, at its slowest
  double longest_seconds = 0;  ///< the longest that was seen, else 999 of 1,000 take less
  double key_rate = 0;         ///< requests per second of the key that is asked for most
  double floor_loads = 0;      ///< what no strategy can avoid
  double expiry_loads = 0;     ///< cache-aside, when that key expires
  /// When all keys expire together: how many are asked for within one load. 0 with one key, a cold
  /// cache, or a jitter that spreads them.
  double keys_together = 0;
  /// They do so after the end of the run: no simulation of it meets them.
  bool together_later = false;
  std::optional<Nanos> jitter;       ///< that spreads them, one load for each key
  std::optional<Nanos> herd_jitter;  ///< the same when every miss loads
  std::optional<Nanos> least_ttl;    ///< the floor is above the slots: from here on it is not
  Nanos lock_ttl = 0;                ///< twice the longest load
  Nanos delta_cap = 0;               ///< what XFetch should believe at most
};

/// Cost:    proportional to the number of keys; with a scenario's own expiries n log n.
/// Source:  closed_forms.h; the margins are rules of thumb that survived every preset
Outlook outlook(const Scenario& scenario, const Observed& observed = {});

/// Why a strategy is not to be relied on here, even where a simulation goes well.
struct Objection {
  enum class Kind {
    wait_too_short,  ///< lock-once: 1 of 100 loads outlasts `limit`, the wait, by taking `value`
    gives_up,        ///< redlock: gives up after about 2 s (`limit`) of a load of `value`
    convoy,          ///< redlock: waiters queue for the lock; `value` above `limit` (a ratio)
    too_early,       ///< xfetch: refreshes `value` before the expiry, more than `limit`
    unsteady         ///< xfetch: load times vary by `value` of their mean, more than `limit`
  };
  Kind kind = Kind::wait_too_short;
  double value = 0;
  double limit = 0;
};

/// Empty when there is none.
std::optional<Objection> objection(const Scenario& scenario, const Outlook& outlook,
                                   Strategy strategy);

/// The next span of two significant digits: 12.2 s is 13 s.
Nanos round_up(double span_seconds);

}  // namespace rcache::stampede
