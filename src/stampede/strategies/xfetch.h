#pragma once

#include "stampede/math.h"
#include "stampede/strategies/redis_lock.h"
#include "stampede/strategies/unguarded.h"

namespace rcache::stampede {

/// XFetch's coin: whether a request that found the value refreshes it before its time.
///
/// Source:  Vattani, Chierichetti, Lowenstein, PVLDB 8(8), 2015:
///          now - delta * beta * ln(rand()) >= expiry
class EarlyCoin {
 public:
  /// What the logarithm is scaled with.
  enum class Scale {
    delta,    ///< beta times the measured load time
    a_second  ///< beta seconds, however long a load takes
  };
  EarlyCoin(const World& world, Scale scale)
      : scale_(scale),
        beta_(world.scenario().beta),
        whole_seconds_(world.scenario().whole_seconds) {}

  bool volunteers(const World& world, const Entry& entry, Nanos now, std::uint64_t index) const {
    auto left = static_cast<double>(entry.expires - now);
    if (whole_seconds_) left = in_whole_seconds(entry.expires - now);
    const double unit = scale_ == Scale::a_second ? 1e9 * beta_ : 1e3 * beta_ * entry.delta_us;
    // No coin of 53 bits falls further than this, so that most hits toss none.
    if (left > k_farthest * unit) [[likely]]
      return false;
    return -log_of(world.coin(index)) * unit >= left;
  }

 private:
  static constexpr double k_farthest = 36.8;

  /// Source:  the TTL command of Redis: (pttl + 500) / 1000
  static double in_whole_seconds(Nanos left) {
    return static_cast<double>((left / k_millisecond + 500) / 1000) * 1e9;
  }

  Scale scale_;
  double beta_;
  bool whole_seconds_;
};

/// `xfetch` and `xfetch-nodelta`: who volunteers loads at once, and waits for it.
class XFetch : public Unguarded {
 public:
  XFetch(const World& world, EarlyCoin::Scale scale) : coin_(world, scale) {}

  void arrive(World& world, const Arrival& arrival, Nanos now, std::uint64_t index) {
    const auto& entry = world.entries()[arrival.key];
    const bool there = entry.expires > now;
    if (there && !coin_.volunteers(world, entry, now, index)) [[likely]] {
      world.hit(now, index);
      return;
    }
    ++(there ? world.ledger().hits : world.ledger().misses);
    const auto number = world.open(arrival, now, index, World::Kind::waited_for);
    world.request(number).volunteer = there;
    load_after_reply(world, now, number);
  }

 private:
  EarlyCoin coin_;
};

/// `xfetch-lock`: a volunteer that does not get the lock answers with what it has; who found
/// nothing waits as with lock-retry.
class XFetchLock : public PollingLock {
 public:
  explicit XFetchLock(World& world) : PollingLock(world), coin_(world, EarlyCoin::Scale::delta) {}

  void arrive(World& world, const Arrival& arrival, Nanos now, std::uint64_t index) {
    const auto& entry = world.entries()[arrival.key];
    const bool there = entry.expires > now;
    if (there && !coin_.volunteers(world, entry, now, index)) [[likely]] {
      world.hit(now, index);
      return;
    }
    ++(there ? world.ledger().hits : world.ledger().misses);
    const auto number = world.open(arrival, now, index, World::Kind::waited_for);
    world.request(number).volunteer = there;
    locks().expect(arrival.key);
    world.in_round_trip(now, Stage::try_lock, number);
  }
  void step(World& world, Nanos now, Stage stage, std::uint32_t number) {
    if (stage != Stage::try_lock || !world.request(number).volunteer)
      return PollingLock::step(world, now, stage, number);
    if (try_take(world, now, number)) {
      load_after_reply(world, now, number);
    } else {
      world.in_half_trip(now, Stage::answer, number);
    }
  }

 private:
  EarlyCoin coin_;
};

}  // namespace rcache::stampede
