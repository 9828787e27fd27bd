#pragma once

#include <chrono>
#include <string>

#include "bench.h"
#include "support/relay.h"

namespace rcache::bench {

/// Half of the round trip that the tables of distance use.
inline constexpr std::chrono::milliseconds k_one_way{10};

/// A relay that delays each byte, with no limit on how many are under way.
class Distance {
 public:
  Distance(const test::Server& server, std::chrono::milliseconds one_way);

  [[nodiscard]] std::string port() const { return std::to_string(relay_.port()); }

  /// As a client sees it.
  [[nodiscard]] double round_trip_ms() const;

 private:
  test::Relay relay_;
};

}  // namespace rcache::bench
