#pragma once

#include <optional>

#include "stampede/strategies/mutex.h"
#include "stampede/strategies/redis_lock.h"
#include "stampede/strategies/unguarded.h"

namespace rcache::stampede {

/// What the first look finds under stale-while-revalidate, and the answer where there is one.
enum class Found { fresh, stale, nothing };

inline Found look_swr(World& world, const Arrival& arrival, Nanos now, std::uint64_t index) {
  const Nanos left = world.entries()[arrival.key].expires - now;
  if (left > world.stale_span()) [[likely]] {
    world.hit(now, index);
    return Found::fresh;
  }
  if (left > 0) {
    world.stale_hit(now, index, world.stale_span() - left);
    return Found::stale;
  }
  ++world.ledger().misses;
  return Found::nothing;
}

/// `swr`: every stale answer starts a load behind it.
class Swr : public Unguarded {
 public:
  void arrive(World& world, const Arrival& arrival, Nanos now, std::uint64_t index) {
    const auto found = look_swr(world, arrival, now, index);
    if (found == Found::fresh) [[likely]]
      return;
    const auto kind = found == Found::stale ? World::Kind::background : World::Kind::waited_for;
    load_after_reply(world, now, world.open(arrival, now, index, kind));
  }
};

/// `swr-singleflight`: one load per key in each process at a time; whoever has no value waits for
/// it, and shares its error too.
class SwrSingleFlight : public Unguarded {
 public:
  void arrive(World& world, const Arrival& arrival, Nanos now, std::uint64_t index) {
    const auto found = look_swr(world, arrival, now, index);
    if (found == Found::fresh) [[likely]]
      return;
    const auto process = world.process_of(index);
    const auto owner = Flights::name(process, arrival.key);
    auto* flight = flights_.find(owner);
    if (found == Found::stale && flight != nullptr) return;
    const auto kind = found == Found::stale ? World::Kind::background : World::Kind::waited_for;
    const auto number = world.open(arrival, now, index, kind);
    world.request(number).process = process;
    if (flight != nullptr) return wait_for(world, *flight, number);
    flights_.add(owner);
    load_after_reply(world, now, number);
  }
  void stored(World& world, Nanos now, std::uint32_t number) {
    world.request(number).held = true;
    world.in_half_trip(now, Stage::release_lock, number);
  }
  void failed(World& world, Nanos now, std::uint32_t number) {
    land(world, number, [&](std::uint32_t waiting) { world.failed(now, waiting); });
    Unguarded::failed(world, now, number);
  }
  void died(World& world, Nanos now, std::uint32_t number) { failed(world, now, number); }
  void step(World& world, Nanos now, Stage stage, std::uint32_t number) {
    if (stage != Stage::release_lock) return;
    land(world, number, [&](std::uint32_t waiting) { world.answered(now, waiting); });
    world.let_go(number);
  }

 private:
  template <typename Tell>
  void land(World& world, std::uint32_t number, Tell tell) {
    const auto& request = world.request(number);
    const auto owner = Flights::name(request.process, request.key);
    // Taken out first: a client of a closed loop may ask again while the others are told.
    Flight flight = *flights_.find(owner);
    flights_.remove(owner);
    for (auto next = take_waiting(world, flight); next != 0; next = take_waiting(world, flight))
      tell(next - 1);
  }

  Flights flights_;
};

/// `swr-lock`: a refresh only with the lock in Redis; who has no value waits as with lock-retry.
class SwrLock : public PollingLock {
 public:
  explicit SwrLock(World& world) : PollingLock(world) {}

  void arrive(World& world, const Arrival& arrival, Nanos now, std::uint64_t index) {
    const auto found = look_swr(world, arrival, now, index);
    if (found == Found::fresh) [[likely]]
      return;
    const auto kind = found == Found::stale ? World::Kind::background : World::Kind::waited_for;
    locks().expect(arrival.key);
    world.in_round_trip(now, Stage::try_lock, world.open(arrival, now, index, kind));
  }
  void step(World& world, Nanos now, Stage stage, std::uint32_t number) {
    if (stage != Stage::try_lock || world.request(number).waited_for)
      return PollingLock::step(world, now, stage, number);
    if (try_take(world, now, number)) {
      load_after_reply(world, now, number);
    } else {
      world.let_go(number);
    }
  }
};

}  // namespace rcache::stampede
