#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "commands/stats/samples.h"
#include "support/contains.h"
#include "support/scripted_context.h"

namespace rcache::stats {

using redis::Reply;
using redis::ServerError;
using test::Exchange;
using test::FakeClock;
using test::KeptOutput;
using test::run_line;
using test::ScriptedDeployment;

inline Exchange info(std::string text = std::string(k_info)) {
  return {{"INFO", "everything"}, Reply{std::move(text)}};
}

/// The same server `seconds` later, with so many more hits and misses.
inline Exchange info_later(int seconds, int hits, int misses) {
  return info(
      info_with({{"server_time_usec:1795230000000000",
                  "server_time_usec:" + std::to_string(1795230000000000 + seconds * 1000000LL)},
                 {"keyspace_hits:900", "keyspace_hits:" + std::to_string(900 + hits)},
                 {"keyspace_misses:100", "keyspace_misses:" + std::to_string(100 + misses)}}));
}

inline std::shared_ptr<ScriptedDeployment> server(std::vector<Exchange> script) {
  return std::make_shared<ScriptedDeployment>(std::move(script));
}

using test::contains;

}  // namespace rcache::stats
