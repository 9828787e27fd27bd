#pragma once

#include <cstdint>
#include <memory>

#include "stampede/arrivals.h"
#include "stampede/random.h"
#include "stampede/scenario.h"
#include "stampede/zipf.h"

namespace rcache::stampede {

/// A Poisson stream over keys of unequal popularity, without end.
class Generator : public Arrivals {
 public:
  Generator(const Scenario& scenario, std::uint64_t seed, std::shared_ptr<const Zipf> popularity);
  std::size_t fill(std::span<Arrival> block) override;

 private:
  Stream gaps_;
  Stream keys_;
  std::shared_ptr<const Zipf> popularity_;
  double mean_gap_;
  bool one_key_;
  Nanos at_ = 0;
  std::uint64_t index_ = 0;
};

/// No arrivals at all: in a closed loop the clients ask.
class NoArrivals : public Arrivals {
 public:
  std::size_t fill(std::span<Arrival>) override { return 0; }
};

}  // namespace rcache::stampede
