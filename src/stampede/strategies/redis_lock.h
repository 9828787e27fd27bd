#pragma once

#include "stampede/strategies/locks.h"
#include "stampede/strategies/unguarded.h"

namespace rcache::stampede {

/// What all strategies with a lock in Redis have in common: nil: SET NX; the holder stores its
/// value and then gives the lock back. What a loser does is theirs.
class RedisLock : public Unguarded {
 public:
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
    world.in_round_trip(now, release_, number);
  }
  void failed(World& world, Nanos now, std::uint32_t number) {
    auto& request = world.request(number);
    if (!request.guarded) return Unguarded::failed(world, now, number);
    request.held = true;
    world.in_half_trip(now, release_, number);
    world.failed(now, number);
  }

 protected:
  /// In: `release` is the first step of giving the lock back; mostly one script does it whole.
  RedisLock(World& world, Nanos usual_ttl, Stage release = Stage::release_lock)
      : locks_(world.scenario().keys),
        lock_ttl_(world.scenario().lock_ttl.value_or(usual_ttl)),
        release_(release) {}

  Locks& locks() { return locks_; }
  bool try_take(World& world, Nanos now, std::uint32_t number) {
    return locks_.try_take(world, now, number, lock_ttl_);
  }
  void release(World& world, Nanos now, std::uint32_t number) {
    locks_.release(world, now, number);
    world.let_go(number);
  }
  /// The last look into the cache of one who has no lock: nil: load all the same.
  static void look_once(World& world, Nanos now, std::uint32_t number) {
    world.count_command();
    if (world.fresh(world.request(number).key, now)) {
      world.in_half_trip(now, Stage::answer, number);
    } else {
      load_after_reply(world, now, number);
    }
  }

 private:
  Locks locks_;
  Nanos lock_ttl_;
  Stage release_;
};

/// What `lock-retry`, `xfetch-lock` and `swr-lock` have in common: losers look into the cache again
/// after a pause, as long as it takes.
class PollingLock : public RedisLock {
 public:
  static constexpr Nanos k_lock_ttl = 30 * k_second;
  static constexpr Nanos k_poll = 100 * k_millisecond;

  explicit PollingLock(World& world, Stage release = Stage::release_lock)
      : RedisLock(world, k_lock_ttl, release),
        poll_line_(
            world.agenda().line(world.scenario().poll.value_or(k_poll) + 2 * world.half_trip())) {}

  void step(World& world, Nanos now, Stage stage, std::uint32_t number) {
    switch (stage) {
      case Stage::try_lock:
        if (try_take(world, now, number)) {
          load_after_reply(world, now, number);
        } else {
          world.agenda().after(poll_line_, now, Stage::look, number);
        }
        break;
      case Stage::look:
        world.count_command();
        if (world.fresh(world.request(number).key, now)) {
          world.in_half_trip(now, Stage::answer, number);
        } else {
          world.in_round_trip(now, Stage::try_lock, number);
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
  std::size_t poll_line_;
};

/// `lock-retry`: the loser looks again every 100 ms; the holder gives the lock back with GET and
/// then DEL, between which it may have become another's.
class LockRetry : public PollingLock {
 public:
  explicit LockRetry(World& world) : PollingLock(world, Stage::read_lock) {}

  void step(World& world, Nanos now, Stage stage, std::uint32_t number) {
    const auto& request = world.request(number);
    switch (stage) {
      case Stage::read_lock:
        world.count_command();
        if (locks().held_by(request.key, request.index, now)) {
          world.in_round_trip(now, Stage::drop_lock, number);
        } else {
          world.let_go(number);
        }
        break;
      case Stage::drop_lock:
        world.count_command();
        if (locks().held(request.key, now) && !locks().held_by(request.key, request.index, now))
          ++world.ledger().foreign_releases;
        locks().drop(request.key);
        world.let_go(number);
        break;
      default:
        PollingLock::step(world, now, stage, number);
    }
  }
};

/// `lock-once`: the loser waits 75 ms, looks once, and loads without a lock.
class LockOnce : public RedisLock {
 public:
  static constexpr Nanos k_lock_ttl = 10 * k_second;

  explicit LockOnce(World& world)
      : RedisLock(world, k_lock_ttl),
        wait_line_(world.agenda().line(world.scenario().wait_once + 2 * world.half_trip())) {}

  void step(World& world, Nanos now, Stage stage, std::uint32_t number) {
    switch (stage) {
      case Stage::try_lock:
        if (try_take(world, now, number)) {
          load_after_reply(world, now, number);
        } else {
          world.agenda().after(wait_line_, now, Stage::look_once, number);
        }
        break;
      case Stage::look_once:
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
  std::size_t wait_line_;
};

}  // namespace rcache::stampede
