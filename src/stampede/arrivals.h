#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "stampede/time.h"

namespace rcache::stampede {

/// One thing that happens to a key, wherever it comes from.
struct Arrival {
  enum class Kind : std::uint8_t {
    get,        ///< somebody wants the value
    invalidate  ///< the key is deleted
  };
  Nanos at = 0;
  std::uint32_t key = 0;  ///< below the number of keys
  /// The TTL that a load for this request gives the value; 0: the scenario's.
  std::uint32_t ttl_ms = 0;
  /// How long the load for this request takes; 0: drawn from the scenario's distribution.
  std::uint32_t load_us = 0;
  Kind kind = Kind::get;
};

/// A stream of arrivals, in the order of time. Read in blocks, so that a call per block is all that
/// the choice between a generator and a trace costs.
class Arrivals {
 public:
  virtual ~Arrivals() = default;
  /// Writes the next arrivals to the front of `block`.
  ///
  /// Out:     how many; 0: there are no more. `at` never decreases.
  virtual std::size_t fill(std::span<Arrival> block) = 0;
};

}  // namespace rcache::stampede
