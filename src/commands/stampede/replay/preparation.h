#pragma once

#include <memory>
#include <vector>

#include "stampede/arrivals.h"
#include "stampede/recording.h"
#include "stampede/scenario.h"
#include "trace/load_times.h"
#include "trace/trace.h"

namespace rcache::stampede {

/// How the cache is when the trace begins.
enum class Start {
  as_recorded,  ///< what the trace shows to have been there is there
  warm,         ///< every key was filled at time 0
  cold          ///< empty
};

struct Preparation {
  Start start = Start::as_recorded;
  bool ttl_given = false;        ///< the scenario's TTL counts, whatever the trace says
  bool load_time_given = false;  ///< likewise its load time
  bool keep_polls = false;
  std::optional<Nanos> duration;  ///< of the trace, from its begin; empty: all of it
};

/// What simulate() takes, made of a trace.
struct Prepared {
  std::shared_ptr<const std::vector<Arrival>> arrivals;
  Recorded facts;
};

/// Makes arrivals out of a trace, and fits the scenario to it: rate, keys, duration, and when keys
/// that are there at the begin expire.
///
/// The reads are the arrivals, at their recorded times: an open loop. A read brings the TTL that
/// its key was given last (else: is given next), and the load time that the trace shows. Removals
/// and flushes are invalidations. Other writes are not: under a strategy the loads write.
/// Errors:  usage, when nothing in the trace is a read.
Result<Prepared> prepare(trace::Trace trace, const Preparation& how, Scenario& scenario);

}  // namespace rcache::stampede
