#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "stampede/arrivals.h"
#include "stampede/scenario.h"

namespace rcache::stampede {

/// What a recorded trace is, and what was made of it.
struct Recorded {
  std::string name;    ///< of the file; bytes from outside
  std::string format;  ///< "monitor"
  std::uint64_t reads = 0;
  std::uint64_t invalidations = 0;
  std::uint64_t keys = 0;  ///< that are read
  double seconds = 0;      ///< from the first event to the last

  std::uint64_t lines = 0;
  std::uint64_t malformed = 0;
  std::uint64_t first_malformed = 0;  ///< the number of its line; 0: there is none
  std::string malformed_why;
  std::uint64_t torn_bytes = 0;    ///< of a recording that was cut off
  std::uint64_t out_of_order = 0;  ///< events that were put in order
  std::uint64_t filtered = 0;      ///< by --match

  std::uint64_t polls = 0;  ///< reads that only waited, and were taken out
  std::uint64_t written_ahead = 0;
  std::uint64_t keys_with_ttl = 0;  ///< the trace says how long they live

  /// How long loads took, by the trace.
  struct Loads {
    std::uint64_t given = 0;
    std::uint64_t inferred = 0;
    std::uint64_t same_source = 0;
    double p50_seconds = 0;
    double p90_seconds = 0;
    double p99_seconds = 0;
    double max_seconds = 0;
  };
  std::optional<Loads> loads;    ///< empty: the trace does not tell
  bool load_time_given = false;  ///< --load-time was typed, and counts
  bool ttl_given = false;        ///< likewise --ttl
  /// How the cache is at the begin: "as the trace shows", "warm", "cold", "somewhere within the
  /// TTL".
  std::string start;
};

/// The load time that was seen: its median, and the spread that 99 of 100 have.
LoadTime load_time_of(const Recorded::Loads& loads);

/// Arrivals that were recorded, the same in every run.
class RecordedArrivals : public Arrivals {
 public:
  explicit RecordedArrivals(std::shared_ptr<const std::vector<Arrival>> all)
      : all_(std::move(all)) {}

  std::size_t fill(std::span<Arrival> block) override;

 private:
  std::shared_ptr<const std::vector<Arrival>> all_;
  std::size_t next_ = 0;
};

}  // namespace rcache::stampede
