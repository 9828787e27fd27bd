#pragma once

#include <cstdint>

#include "stampede/world.h"

namespace rcache::stampede {

/// What most strategies do alike, and what the engine calls: a strategy defines `arrive` and hides
/// what it does otherwise.
struct Unguarded {
  /// The cache said nil: load, as soon as that is known.
  static void load_after_reply(World& world, Nanos now, std::uint32_t request) {
    world.in_half_trip(now, Stage::start_load, request);
  }

  /// Whether the cache takes the loader's value.
  bool accepts(World&, Nanos, std::uint32_t) { return true; }
  /// The loader's SET has executed.
  void stored(World& world, Nanos, std::uint32_t request) {
    if (world.request(request).held) world.let_go(request);
  }
  /// The database gave an error.
  void failed(World& world, Nanos now, std::uint32_t request) {
    const bool held = world.request(request).held;
    world.failed(now, request);
    if (held) world.let_go(request);
  }
  /// The loader's process died: it releases nothing.
  void died(World& world, Nanos now, std::uint32_t request) {
    Unguarded::failed(world, now, request);
  }
  /// A stage that is the strategy's own.
  void step(World&, Nanos, Stage, std::uint32_t) {}
  void invalidated(std::uint32_t, Nanos) {}
  void invalidated_all(Nanos) {}
};

}  // namespace rcache::stampede
