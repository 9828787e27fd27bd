#pragma once

#include <algorithm>
#include <vector>

#include "stampede/strategies/locks.h"
#include "stampede/strategies/unguarded.h"

namespace rcache::stampede {

/// `lease`: the cache itself answers one miss per key and 10 s with leave to load, the others with
/// "try again shortly". A deletion voids what is under way, so that no stale value is stored.
///
/// Source:  Nishtala et al., Scaling Memcache at Facebook, NSDI 2013, section 3.2.1
class Lease : public Unguarded {
 public:
  static constexpr Nanos k_interval = 10 * k_second;
  static constexpr Nanos k_poll = 100 * k_millisecond;

  explicit Lease(World& world)
      : leases_(world.scenario().keys),
        voided_(world.scenario().keys, -1),
        interval_(world.scenario().lock_ttl.value_or(k_interval)),
        poll_line_(
            world.agenda().line(world.scenario().poll.value_or(k_poll) + 2 * world.half_trip())) {}

  void arrive(World& world, const Arrival& arrival, Nanos now, std::uint64_t index) {
    if (world.fresh(arrival.key, now)) [[likely]] {
      world.hit(now, index);
      return;
    }
    ++world.ledger().misses;
    leases_.expect(arrival.key);
    __builtin_prefetch(&voided_[arrival.key]);
    miss(world, now, world.open(arrival, now, index, World::Kind::waited_for));
  }
  /// A value is refused when the key was deleted after its load began.
  bool accepts(World& world, Nanos now, std::uint32_t number) {
    const auto& request = world.request(number);
    if (request.load_started <= voided_[request.key]) return false;
    if (leases_.held(request.key, now)) leases_.drop(request.key);
    return true;
  }
  void step(World& world, Nanos now, Stage stage, std::uint32_t number) {
    if (stage != Stage::look) return;
    world.count_command();
    if (world.fresh(world.request(number).key, now)) {
      world.in_half_trip(now, Stage::answer, number);
    } else {
      miss(world, now, number);
    }
  }
  void invalidated(std::uint32_t key, Nanos now) {
    voided_[key] = now;
    leases_.drop(key);
  }
  void invalidated_all(Nanos now) {
    for (std::uint32_t key = 0; key < voided_.size(); ++key) invalidated(key, now);
  }

 private:
  void miss(World& world, Nanos now, std::uint32_t number) {
    auto& request = world.request(number);
    ++world.ledger().lock_tries;
    if (leases_.held(request.key, now)) {
      ++world.ledger().lock_failures;
      world.agenda().after(poll_line_, now, Stage::look, number);
    } else {
      leases_.take(request.key, request.index, now + interval_);
      load_after_reply(world, now, number);
    }
  }

  Locks leases_;
  std::vector<Nanos> voided_;
  Nanos interval_;
  std::size_t poll_line_;
};

}  // namespace rcache::stampede
