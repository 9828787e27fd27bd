#pragma once

#include <optional>
#include <string>

#include "commands/stampede/replay/preparation.h"
#include "stampede/advice.h"
#include "trace/trace.h"

namespace rcache::stampede {

/// What is to be advised on, and how it is read.
struct TraceJob {
  std::string path;  ///< - is stdin
  trace::ReadOptions reading;
  Preparation how;
  AdviceJob advice;  ///< its scenario is fitted to the trace
};

/// Advice for recorded traffic.
///
/// In:      `job`, which is used up.
///
/// Errors:  usage, for what is no trace or has no read in it; interrupted.
Result<Advice> advise_on_trace(TraceJob& job);

}  // namespace rcache::stampede
