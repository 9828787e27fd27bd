#pragma once

#include "stampede/strategies/unguarded.h"

namespace rcache::stampede {

/// `none` and `jitter`: GET; nil: load, SET, answer.
class CacheAside : public Unguarded {
 public:
  void arrive(World& world, const Arrival& arrival, Nanos now, std::uint64_t index) {
    if (world.fresh(arrival.key, now)) [[likely]] {
      world.hit(now, index);
      return;
    }
    ++world.ledger().misses;
    load_after_reply(world, now, world.open(arrival, now, index, World::Kind::waited_for));
  }
};

}  // namespace rcache::stampede
