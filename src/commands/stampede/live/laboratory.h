#pragma once

#include <optional>
#include <string>
#include <vector>

#include "commands/command.h"
#include "stampede/report.h"

namespace rcache::stampede::live {

/// What is to be measured.
struct Order {
  Scenario scenario;  ///< one that check() accepts
  std::vector<Strategy> strategies;
  Nanos max_time = 0;
  std::optional<std::string> yes;  ///< what stands behind "--yes=", as for permission()
  std::uint64_t random = 0;        ///< makes the prefix
};

/// What came of it.
struct Findings {
  Report report;                 ///< the strategies that were finished, ranked
  std::optional<Error> failure;  ///< why the others are missing
};

/// Measures one strategy after the other, and asks the simulator what it expects of each.
///
/// Errors:  those of check_bounds() and prepare(): nothing was measured. What ends the run later is
///          in the findings.
/// Cost:    see measure(); at the end one UNLINK.
asio::awaitable<Result<Findings>> examine(Context& context, Order order);

}  // namespace rcache::stampede::live
