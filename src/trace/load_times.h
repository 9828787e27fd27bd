#pragma once

#include <cstdint>

#include "trace/trace.h"

namespace rcache::trace {

/// How long values took to load, as far as a trace tells.
struct LoadTimes {
  std::uint64_t given = 0;          ///< events with a load time of their own
  std::uint64_t inferred = 0;       ///< from a read that found nothing and the write behind it
  std::uint64_t same_source = 0;    ///< of those, both by one source: the surer kind
  std::uint64_t written_ahead = 0;  ///< values stored without a read before: not loads
  double p50_seconds = 0;
  double p90_seconds = 0;
  double p99_seconds = 0;
  double max_seconds = 0;

  bool known() const { return given + inferred > 0; }
};

/// Infers them; the write at the end of one gets it, and each read the one that a load for it would
/// take: the key's own nearest one before it, else the first one behind it, else that of another
/// key, chosen by `seed`.
///
/// A pair is a read of a key that is not known to be there, and the next write of it by the same
/// source within a minute (of a key that was never written before, the last such read); or, from a
/// read when the key was surely gone, by any source.
LoadTimes infer_load_times(Trace& trace, std::uint64_t seed);

}  // namespace rcache::trace
