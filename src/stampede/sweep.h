#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "stampede/report.h"
#include "stampede/simulate.h"

namespace rcache::stampede {

/// One value of the parameter, and the scenario that it makes.
struct SweepValue {
  double value = 0;   ///< in base units
  std::string words;  ///< "75 ms", for people
  Scenario scenario;
};

/// Simulates all strategies with each value: where does it break?
///
/// In:      `job`: its scenario is not used; `values` in the order in which they are shown.
/// Cost:    that of simulate() for each value.
Sweep simulate_sweep(const Job& job, std::string parameter, SweepUnit unit,
                     const std::vector<SweepValue>& values);

/// The part of a sweep that is one strategy's, in the order of the values.
std::vector<SweepResult> results_of(const Sweep& sweep, Strategy strategy);

/// Its last value, from the first on without a gap, with which the strategy stays within the slots,
/// as an index; empty when the first does not.
std::optional<std::size_t> last_within(const std::vector<SweepResult>& results);

}  // namespace rcache::stampede
