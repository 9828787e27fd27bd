#pragma once

#include <cstdint>
#include <vector>

#include "trace/event.h"

namespace rcache::trace {

/// Gives the events of one whole second moments within it, or every second would begin with a
/// burst that nobody sent: as many uniform moments as there are events, in order.
///
/// Out:     the same for the same seed, on every machine.
class SecondsSpread {
 public:
  /// In:      `out` takes the events of a second when the next one begins.
  SecondsSpread(std::vector<Event>& out, std::uint64_t seed) : out_(out), state_(seed) {}

  /// In:      an event at a whole second, not before the last one's.
  void add(const Event& event) {
    if (!pending_.empty() && event.time_ns != pending_.front().time_ns) finish();
    pending_.push_back(event);
  }
  /// After the last one.
  void finish();

 private:
  std::uint32_t draw();

  std::vector<Event>& out_;
  std::uint64_t state_;
  std::vector<Event> pending_;  ///< all of one second
  std::vector<std::uint32_t> moments_;
  std::vector<std::uint32_t> room_;
};

}  // namespace rcache::trace
