#pragma once

#include <atomic>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/error.h"
#include "trace/format.h"

namespace rcache::trace {

struct ReadOptions {
  std::optional<TraceFormat> format;  ///< empty: told by its content
  bool strict = false;                ///< a malformed line is an error
  Names names = Names::dropped;
  std::optional<Glob> match;
  std::uint64_t seed = 1;  ///< for formats of whole seconds
  /// More are refused: a trace is held in memory, 32 bytes an event.
  std::uint64_t max_events = 200'000'000;
  /// Set from another thread: reading ends soon, with an error of kind interrupted.
  const std::atomic<bool>* stop = nullptr;
};

/// A trace in memory.
struct Trace {
  TraceFormat format = TraceFormat::monitor;
  std::vector<Event> events;  ///< in the order of their times
  KeyTable keys;
  std::uint32_t sources = 0;  ///< how many there are
  Tally tally;
  Recording recording;             ///< of format `record`
  std::uint64_t out_of_order = 0;  ///< events that came behind later ones, and were put in order

  std::int64_t duration_ns() const {
    return events.empty() ? 0 : events.back().time_ns - events.front().time_ns;
  }
};

/// Reads a whole trace.
///
/// In:      a path, or "-" for stdin.
/// Errors:  usage: no such file, a format that cannot be told, with `strict` the first malformed
///          line with its number, nothing in it that could be read, too many events, `match` for a
///          trace without names; output when it cannot be read on.
Result<Trace> read_trace(const std::string& path, ReadOptions options);

/// The same of bytes.
/// In:      `name` as errors call them.
Result<Trace> parse_trace(std::string_view bytes, ReadOptions options,
                          const std::string& name = "trace");

}  // namespace rcache::trace
