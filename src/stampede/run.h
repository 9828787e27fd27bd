#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "stampede/world.h"

namespace rcache::stampede {

/// Lets all happen that is due until a moment, that moment included.
template <typename Strategy>
void catch_up(World& world, Strategy& strategy, Nanos until) {
  while (world.soonest() <= until && !world.unstable()) {
    auto& agenda = world.agenda();
    if (world.database().next_end() <= agenda.soonest()) {
      const Nanos now = world.database().next_end();
      const auto [request, end] = world.end_load(now);
      if (end == World::LoadEnd::ok) {
        world.count_command();
        world.in_half_trip(now, Stage::store, request);
      } else if (end == World::LoadEnd::failed) {
        strategy.failed(world, now, request);
      } else {
        strategy.died(world, now, request);
      }
      continue;
    }
    const Event event = agenda.take();
    const Nanos now = event.at;
    switch (event.stage) {
      case Stage::start_load:
        world.start_load(now, event.who);
        break;
      case Stage::store:
        if (strategy.accepts(world, now, event.who)) {
          world.store(now, event.who);
        } else {
          world.refuse_store(event.who);
        }
        if (world.request(event.who).waited_for) world.in_half_trip(now, Stage::answer, event.who);
        strategy.stored(world, now, event.who);
        break;
      case Stage::answer:
        world.answered(now, event.who);
        break;
      case Stage::time_out:
        if (const auto request = world.time_out(now, event.who))
          strategy.failed(world, now, *request);
        break;
      case Stage::ask: {
        const auto [arrival, index] = world.next_of_client(now, event.who);
        strategy.arrive(world, arrival, now, index);
        break;
      }
      case Stage::invalidate:
        world.invalidate_all();
        strategy.invalidated_all(now);
        agenda.at(now + world.scenario().invalidate_every, Stage::invalidate, 0);
        break;
      default:
        strategy.step(world, now, event.stage, event.who);
    }
  }
}

/// Runs one strategy to the end of the scenario, or until it is unstable or was stopped.
///
/// Arrivals are merged with what is planned, and never planned themselves: what the cache answers
/// costs no event.
template <typename Strategy>
StrategyReport run(World& world, Strategy strategy, Arrivals& arrivals,
                   const std::atomic<bool>* stop) {
  constexpr std::size_t k_ahead = 12;  // arrivals whose keys are fetched from memory meanwhile
  const Nanos end = world.scenario().duration;
  std::array<Arrival, 512> block;
  std::uint64_t index = 0;
  bool more = true;
  while (more) {
    const auto count = arrivals.fill(block);
    more = count > 0 && !(stop != nullptr && stop->load(std::memory_order_relaxed));
    for (std::size_t each = 0; each < count; ++each) {
      const auto& arrival = block[each];
      if (each + k_ahead < count) world.expect(block[each + k_ahead].key);
      const Nanos now = arrival.at + world.half_trip();
      if (now > end || world.unstable()) {
        more = false;
        break;
      }
      if (world.soonest() <= now) catch_up(world, strategy, now);
      if (arrival.kind == Arrival::Kind::get) [[likely]] {
        strategy.arrive(world, arrival, now, index);
      } else {
        world.invalidate(arrival.key);
        strategy.invalidated(arrival.key, now);
      }
      ++index;
    }
  }
  // In slices, so that it can be stopped.
  while (world.soonest() <= end && !world.unstable() &&
         !(stop != nullptr && stop->load(std::memory_order_relaxed))) {
    catch_up(world, strategy, std::min(end, world.soonest() + k_second));
  }
  return world.finish(end);
}

}  // namespace rcache::stampede
