#pragma once

#include <cstdint>
#include <vector>

#include "stampede/world.h"

namespace rcache::stampede {

/// A lock in Redis for each key: SET lock:KEY token NX PX ttl. The token is the request's index.
class Locks {
 public:
  explicit Locks(std::uint32_t keys) : locks_(keys) {}

  /// The lock will be tried soon, see World::expect.
  void expect(std::uint32_t key) const { __builtin_prefetch(&locks_[key]); }
  bool held(std::uint32_t key, Nanos now) const { return locks_[key].until > now; }
  bool held_by(std::uint32_t key, std::uint64_t token, Nanos now) const {
    return held(key, now) && locks_[key].token == token;
  }
  void take(std::uint32_t key, std::uint64_t token, Nanos until) { locks_[key] = {token, until}; }
  void drop(std::uint32_t key) { locks_[key].until = 0; }

  /// SET NX of a request, counted. Out: true when it holds the lock now.
  bool try_take(World& world, Nanos now, std::uint32_t number, Nanos ttl) {
    auto& request = world.request(number);
    world.count_command();
    ++world.ledger().lock_tries;
    if (held(request.key, now)) {
      ++world.ledger().lock_failures;
      return false;
    }
    take(request.key, request.index, now + ttl);
    request.guarded = true;
    return true;
  }
  /// The script that deletes a lock only when it is still one's own, counted.
  void release(World& world, Nanos now, std::uint32_t number) {
    const auto& request = world.request(number);
    world.count_command();
    if (held_by(request.key, request.index, now)) drop(request.key);
  }

 private:
  struct Lock {
    std::uint64_t token = 0;
    Nanos until = 0;
  };
  std::vector<Lock> locks_;
};

}  // namespace rcache::stampede
