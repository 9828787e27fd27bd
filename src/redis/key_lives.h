#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "redis/deployment.h"

namespace rcache::redis {

/// Whether a key is there, and until when.
///
/// When is kept as two moments of our own clock: it expires between them, since the server answered
/// between our question and its reply. So keys of different servers can be compared, whatever
/// their clocks say.
struct KeyLife {
  enum class State {
    unknown,   ///< it could not be asked
    gone,      ///< not there
    forever,   ///< no TTL
    expiring,  ///< from `earliest` to `latest`
  } state = State::unknown;
  std::chrono::steady_clock::time_point earliest{};
  std::chrono::steady_clock::time_point latest{};

  /// What is left of a key that expires, from `now`; never below 0.
  std::chrono::milliseconds left(std::chrono::steady_clock::time_point now) const;
};

/// True when the key is there for more than `tolerance` after the other is gone, whatever the
/// moments at which both were asked. False when that is not proven.
bool outlives(const KeyLife& key, const KeyLife& other, std::chrono::milliseconds tolerance);

struct KeyLives {
  std::vector<KeyLife> lives;  ///< in the order of the keys
  std::uint64_t lookups = 0;   ///< that servers count as hits or misses of ours
  std::string trouble;         ///< why some are unknown; empty when none is
};

/// What a reply to PTTL means that was sent and came at these moments.
KeyLife life_of(const Reply& reply, std::chrono::steady_clock::time_point sent,
                std::chrono::steady_clock::time_point received);

/// Asks each key's owner.
///
/// Errors:  interrupted. What a node does not answer is unknown.
/// Cost:    one PTTL for each key, all in one round trip; in a cluster one more for each key that
/// is
///          on the move.
asio::awaitable<Result<KeyLives>> ask_lives(std::shared_ptr<Deployment> servers,
                                            std::vector<std::string> keys);

}  // namespace rcache::redis
