#pragma once

#include "stampede/strategies/locks.h"
#include "stampede/strategies/unguarded.h"

namespace rcache::stampede {

/// What `lock-retry`, `xfetch-lock` and `swr-lock` have in common: a lock in Redis, whose losers
/// look into the cache again after a pause, as long as it takes.
class PollingLock : public Unguarded {
 public:
  /// How the holder gives the lock back.
  enum class Release {
    get_then_del,  ///< two commands: between them the lock may have become another's
    script         ///< one script that compares and deletes
  };
  static constexpr Nanos k_lock_ttl = 30 * k_second;
  static constexpr Nanos k_poll = 100 * k_millisecond;

  PollingLock(World& world, Release release)
      : locks_(world.scenario().keys),
        lock_ttl_(world.scenario().lock_ttl.value_or(k_lock_ttl)),
        poll_line_(
            world.agenda().line(world.scenario().poll.value_or(k_poll) + 2 * world.half_trip())),
        release_(release) {}

  void stored(World& world, Nanos now, std::uint32_t number) {
    auto& request = world.request(number);
    if (!request.guarded) return Unguarded::stored(world, now, number);
    request.held = true;
    world.in_round_trip(now, release_stage(), number);
  }
  void failed(World& world, Nanos now, std::uint32_t number) {
    auto& request = world.request(number);
    if (!request.guarded) return Unguarded::failed(world, now, number);
    request.held = true;
    world.in_half_trip(now, release_stage(), number);
    world.failed(now, number);
  }
  void step(World& world, Nanos now, Stage stage, std::uint32_t number) {
    auto& request = world.request(number);
    switch (stage) {
      case Stage::try_lock:
        if (locks_.try_take(world, now, number, lock_ttl_)) {
          load_after_reply(world, now, number);
        } else {
          world.agenda().after(poll_line_, now, Stage::look, number);
        }
        break;
      case Stage::look:
        world.count_command();
        if (world.fresh(request.key, now)) {
          world.in_half_trip(now, Stage::answer, number);
        } else {
          world.in_round_trip(now, Stage::try_lock, number);
        }
        break;
      case Stage::read_lock:
        world.count_command();
        if (locks_.held_by(request.key, request.index, now)) {
          world.in_round_trip(now, Stage::drop_lock, number);
        } else {
          world.let_go(number);
        }
        break;
      case Stage::drop_lock:
        world.count_command();
        if (locks_.held(request.key, now) && !locks_.held_by(request.key, request.index, now))
          ++world.ledger().foreign_releases;
        locks_.drop(request.key);
        world.let_go(number);
        break;
      case Stage::release_lock:
        locks_.release(world, now, number);
        world.let_go(number);
        break;
      default:
        break;
    }
  }

 protected:
  Locks& locks() { return locks_; }
  Nanos lock_ttl() const { return lock_ttl_; }

 private:
  Stage release_stage() const {
    return release_ == Release::script ? Stage::release_lock : Stage::read_lock;
  }

  Locks locks_;
  Nanos lock_ttl_;
  std::size_t poll_line_;
  Release release_;
};

/// `lock-retry`: nil: SET NX; the loser looks again every 100 ms.
class LockRetry : public PollingLock {
 public:
  explicit LockRetry(World& world) : PollingLock(world, Release::get_then_del) {}

  void arrive(World& world, const Arrival& arrival, Nanos now, std::uint64_t index) {
    if (world.fresh(arrival.key, now)) [[likely]] {
      world.hit(now, index);
      return;
    }
    ++world.ledger().misses;
    locks().expect(arrival.key);
    world.in_round_trip(now, Stage::try_lock,
                        world.open(arrival, now, index, World::Kind::waited_for));
  }
};

/// `lock-once`: nil: SET NX; the loser waits 75 ms, looks once, and loads without a lock.
class LockOnce : public Unguarded {
 public:
  static constexpr Nanos k_lock_ttl = 10 * k_second;

  explicit LockOnce(World& world)
      : locks_(world.scenario().keys),
        lock_ttl_(world.scenario().lock_ttl.value_or(k_lock_ttl)),
        wait_line_(world.agenda().line(world.scenario().wait_once + 2 * world.half_trip())) {}

  void arrive(World& world, const Arrival& arrival, Nanos now, std::uint64_t index) {
    if (world.fresh(arrival.key, now)) [[likely]] {
      world.hit(now, index);
      return;
    }
    ++world.ledger().misses;
    locks_.expect(arrival.key);
    world.in_round_trip(now, Stage::try_lock,
                        world.open(arrival, now, index, World::Kind::waited_for));
  }
  void stored(World& world, Nanos now, std::uint32_t number) {
    auto& request = world.request(number);
    if (!request.guarded) return Unguarded::stored(world, now, number);
    request.held = true;
    world.in_round_trip(now, Stage::release_lock, number);
  }
  void failed(World& world, Nanos now, std::uint32_t number) {
    auto& request = world.request(number);
    if (!request.guarded) return Unguarded::failed(world, now, number);
    request.held = true;
    world.in_half_trip(now, Stage::release_lock, number);
    world.failed(now, number);
  }
  void step(World& world, Nanos now, Stage stage, std::uint32_t number) {
    switch (stage) {
      case Stage::try_lock:
        if (locks_.try_take(world, now, number, lock_ttl_)) {
          load_after_reply(world, now, number);
        } else {
          world.agenda().after(wait_line_, now, Stage::look_once, number);
        }
        break;
      case Stage::look_once:
        world.count_command();
        if (world.fresh(world.request(number).key, now)) {
          world.in_half_trip(now, Stage::answer, number);
        } else {
          load_after_reply(world, now, number);
        }
        break;
      case Stage::release_lock:
        locks_.release(world, now, number);
        world.let_go(number);
        break;
      default:
        break;
    }
  }

 private:
  Locks locks_;
  Nanos lock_ttl_;
  std::size_t wait_line_;
};

}  // namespace rcache::stampede
