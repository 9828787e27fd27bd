#pragma once

#include <chrono>
#include <memory>
#include <vector>

#include "commands/stampede/live/run.h"
#include "core/interrupt.h"
#include "redis/deployment.h"

namespace rcache::stampede::live {

/// A server that has let us in, and what we have there.
struct Bed {
  std::shared_ptr<redis::Deployment> servers;
  redis::Node node;
  std::vector<std::shared_ptr<redis::Client>> connections;
  Names names;
  ScriptHashes scripts;
};

/// What one strategy came to.
struct Measured {
  StrategyReport report;
  Nanos round_trip = 0;  ///< the median of a command's
  Nanos lateness = 0;    ///< the 99th percentile of how late this machine came to what was due
};

/// How long a strategy takes, warm-up included.
Nanos planned_span(const Scenario& scenario);
/// How long a key can outlive a run that was killed.
Nanos longest_ttl(const Scenario& scenario);

/// Runs one strategy: one cycle that is thrown away (a short-lived value expires and is loaded
/// again, so that connections, scripts and clients are warm), and then the scenario. Its keys are
/// removed in any case.
///
/// Errors:  interrupted; those of the connection; server for an error reply; incomplete when the
///          keys could not be removed.
/// Cost:    the scenario's traffic; at the end one UNLINK for each 500 keys.
asio::awaitable<Result<Measured>> measure(Interrupt& interrupt, std::shared_ptr<const Bed> bed,
                                          Scenario scenario, Strategy strategy);

/// Removes keys from wherever they are now; connects again if it must.
///
/// Errors:  those of the connection; server.
/// Cost:    one UNLINK for each 500 keys.
asio::awaitable<Result<void>> remove_keys(std::shared_ptr<const Bed> bed,
                                          std::vector<std::string> names);

}  // namespace rcache::stampede::live
