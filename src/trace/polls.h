#pragma once

#include <cstdint>

#include "trace/trace.h"

namespace rcache::trace {

/// Takes out the reads with which the recorded program waited for a value that another was loading:
/// a strategy of ours waits in its own way, and would be asked twice.
///
/// A read is such a poll when its source had asked for the same key before and asks again while the
/// key is not known to be there, with nothing between but a try for a lock (SET NX), or at an even
/// pace of 5 ms to 2 s that ended with the value's coming.
/// Out:     how many were taken out. A trace that does not tell sources apart keeps all.
std::uint64_t collapse_polls(Trace& trace);

}  // namespace rcache::trace
