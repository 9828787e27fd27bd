#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "stampede/scenario.h"
#include "stampede/strategy.h"

namespace rcache::stampede {

/// What is to be set otherwise than the scenario has it.
struct Change {
  enum class Setting {
    jitter,        ///< under the strategy, whichever it is
    lock_ttl,      ///< of its lock
    delta_cap,     ///< of XFetch
    milliseconds,  ///< PX and PTTL instead of EX and TTL; has no value
    warm,          ///< fill the cache before the traffic comes; has no value
    ttl,
    slots
  };
  Setting setting = Setting::jitter;
  Nanos span = 0;           ///< of a span
  std::uint32_t slots = 0;  ///< of `slots`
};

/// The scenario with all of them made.
Scenario with(Scenario scenario, std::span<const Change> changes);

/// The change of this setting; null when it stays.
const Change* find(const std::vector<Change>& changes, Change::Setting setting);

/// Those of the changes that matter to a strategy.
std::vector<Change> relevant_to(Strategy strategy, const std::vector<Change>& changes);

}  // namespace rcache::stampede
