#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/glob.h"
#include "trace/event.h"
#include "trace/key_table.h"

namespace rcache::trace {

/// A part of a trace that could not be read.
struct Malformed {
  std::uint64_t number = 0;  ///< of the line or record, from 1 on
  std::string why;           ///< "no time at its begin"
};

/// What was counted on the way.
struct Tally {
  std::uint64_t lines = 0;       ///< or records, the malformed ones included
  std::uint64_t events = 0;      ///< one line can be several: MGET
  std::uint64_t other = 0;       ///< lines that are whole and no event: PING, AUTH, EVAL
  std::uint64_t filtered = 0;    ///< events of keys that do not match
  std::uint64_t malformed = 0;   ///< lines that make no sense
  std::uint64_t torn_bytes = 0;  ///< of a recording that was cut off
  std::optional<Malformed> first_malformed;

  /// Counts the line that was counted last as malformed.
  void add_malformed(std::string_view why);
};

/// Where a decoder puts what it reads.
struct Intake {
  std::vector<Event> events;
  KeyTable keys;
  NumberTable sources;
  Tally tally;
  std::int64_t last_time_ns = 0;  ///< of the last whole line, an event or not
  std::optional<Glob> match;      ///< only keys of this name
  bool nameless = false;          ///< the trace has no names to match

  /// Gives the event its key and counts it. Out: false when the key does not match.
  bool accept(Event& event, std::string_view key);
  /// The same, and adds it.
  void add(Event event, std::string_view key) {
    if (accept(event, key)) events.push_back(event);
  }
  void add_flush(Event event);
};

}  // namespace rcache::trace
