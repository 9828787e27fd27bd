#pragma once

#include <cmath>

#include "stampede/strategies/redis_lock.h"

namespace rcache::stampede {

/// `redlock` and `redlock-recheck`: node-redlock 5 around the load. Waiters try for the lock and do
/// not look into the cache; who got none after 11 attempts loads all the same.
///
/// Source:  github.com/mike-marcacci/node-redlock, src/index.ts: retryCount 10, retryDelay 200,
///          retryJitter 100
class Redlock : public RedisLock {
 public:
  enum class GiveUp { load, look_again };
  static constexpr Nanos k_lock_ttl = 5 * k_second;
  static constexpr std::uint16_t k_attempts = 11;

  Redlock(World& world, GiveUp give_up) : RedisLock(world, k_lock_ttl), give_up_(give_up) {}

  void step(World& world, Nanos now, Stage stage, std::uint32_t number) {
    auto& request = world.request(number);
    switch (stage) {
      case Stage::try_lock:
        ++request.attempt;
        if (try_take(world, now, number)) {
          world.in_round_trip(now, Stage::look, number);
        } else if (request.attempt < k_attempts) {
          world.agenda().at(now + 2 * world.half_trip() + backoff(world, request), Stage::try_lock,
                            number);
        } else {
          lose(world, now, number);
        }
        break;
      case Stage::look:  // the holder's second look
        world.count_command();
        if (world.fresh(request.key, now)) {
          request.held = true;
          world.in_half_trip(now, Stage::answer, number);
          world.in_round_trip(now, Stage::release_lock, number);
        } else {
          load_after_reply(world, now, number);
        }
        break;
      case Stage::look_once:  // of one who gave up
        look_once(world, now, number);
        break;
      case Stage::release_lock:
        release(world, now, number);
        break;
      default:
        break;
    }
  }

 private:
  static Nanos backoff(const World& world, const Request& request) {
    const double u = world.backoff(request.index, request.attempt);
    const auto ms = 200 + static_cast<Nanos>(std::floor((2 * u - 1) * 100));
    return ms * k_millisecond;
  }
  /// The last attempt failed: node-redlock runs its release script and throws.
  void lose(World& world, Nanos now, std::uint32_t number) {
    ++world.ledger().give_ups;
    world.count_command();
    if (give_up_ == GiveUp::look_again) {
      world.in_round_trip(now, Stage::look_once, number);
    } else {
      load_after_reply(world, now, number);
    }
  }

  GiveUp give_up_;
};

}  // namespace rcache::stampede
