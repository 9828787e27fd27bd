#pragma once

#include <utility>

#include "stampede/strategies/flights.h"
#include "stampede/strategies/unguarded.h"

namespace rcache::stampede {

/// Puts a request at the end of those who wait for a flight.
inline void wait_for(World& world, Flight& flight, std::uint32_t number) {
  world.request(number).next = 0;
  if (flight.first == 0) {
    flight.first = number + 1;
  } else {
    world.request(flight.last - 1).next = number + 1;
  }
  flight.last = number + 1;
}

/// Takes the first of those who wait. Out: its number plus 1; 0: nobody waits.
inline std::uint32_t take_waiting(World& world, Flight& flight) {
  const auto first = flight.first;
  if (first != 0) flight.first = world.request(first - 1).next;
  return first;
}

/// `mutex`: in each process one at a time per key, first come first served; who gets the mutex
/// looks into the cache again before it loads.
class Mutex : public Unguarded {
 public:
  void arrive(World& world, const Arrival& arrival, Nanos now, std::uint64_t index) {
    if (world.fresh(arrival.key, now)) [[likely]] {
      world.hit(now, index);
      return;
    }
    ++world.ledger().misses;
    const auto number = world.open(arrival, now, index, World::Kind::waited_for);
    world.request(number).process = world.process_of(index);
    world.in_half_trip(now, Stage::acquire, number);
  }
  void stored(World& world, Nanos now, std::uint32_t number) {
    world.request(number).held = true;
    world.in_half_trip(now, Stage::release_lock, number);  // when the SET is answered
  }
  void failed(World& world, Nanos now, std::uint32_t number) {
    world.request(number).held = true;
    world.failed(now, number);
    release(world, now, number);
  }
  /// All who wait in the process die with it.
  void died(World& world, Nanos now, std::uint32_t number) {
    const auto owner = owner_of(world, number);
    auto* flight = flights_.find(owner);
    for (auto next = take_waiting(world, *flight); next != 0; next = take_waiting(world, *flight))
      world.failed(now, next - 1);
    flights_.remove(owner);
    world.failed(now, number);
  }
  void step(World& world, Nanos now, Stage stage, std::uint32_t number) {
    switch (stage) {
      case Stage::acquire:
        acquire(world, now, number);
        break;
      case Stage::look:
        if (world.fresh(world.request(number).key, now)) {
          world.request(number).held = true;
          world.in_half_trip(now, Stage::answer, number);
          world.in_half_trip(now, Stage::release_lock, number);
        } else {
          load_after_reply(world, now, number);
        }
        break;
      case Stage::release_lock:
        release(world, now, number);
        break;
      default:
        break;
    }
  }

 private:
  static std::uint64_t owner_of(World& world, std::uint32_t number) {
    const auto& request = world.request(number);
    return Flights::name(request.process, request.key);
  }
  void acquire(World& world, Nanos now, std::uint32_t number) {
    const auto owner = owner_of(world, number);
    if (auto* flight = flights_.find(owner)) return wait_for(world, *flight, number);
    flights_.add(owner);
    look(world, now, number);
  }
  static void look(World& world, Nanos now, std::uint32_t number) {
    world.count_command();
    world.in_half_trip(now, Stage::look, number);
  }
  void release(World& world, Nanos now, std::uint32_t number) {
    const auto owner = owner_of(world, number);
    world.let_go(number);
    auto* flight = flights_.find(owner);
    if (const auto next = take_waiting(world, *flight)) {
      look(world, now, next - 1);
    } else {
      flights_.remove(owner);
    }
  }

  Flights flights_;
};

}  // namespace rcache::stampede
