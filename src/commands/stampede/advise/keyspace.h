#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "commands/command.h"
#include "commands/stampede/advise/traffic.h"
#include "core/key_tree.h"
#include "stampede/keyspace_advice.h"

namespace rcache::stampede {

/// The TTLs of keys by their pattern, in bounded memory.
class TtlTally {
 public:
  /// In:      when it began, by the server's clock.
  explicit TtlTally(std::int64_t start_unix_ms) : start_ms_(start_unix_ms) {}

  /// In:      PTTL's answer (-1 without a TTL, -2 gone) and when it came, by the server's clock.
  void enter(std::string_view key, std::int64_t pttl_ms, std::int64_t at_unix_ms);

  /// What was heard of the key before: how often it was read, and with which TTL it was written.
  void enter(const KeyTraffic& heard, std::string_view key);

  std::vector<PatternTtls> patterns() const;
  std::uint64_t seen() const { return seen_; }

 private:
  struct Group {
    std::uint64_t with_ttl = 0;
    std::uint64_t without_ttl = 0;
    std::uint64_t written = 0;  ///< keys that were written with a TTL, and may be gone by now
    std::int64_t longest_ms = 0;
    std::optional<ExpirySeconds> seconds;
    PatternReads reads;

    std::uint64_t keys() const { return with_ttl + without_ttl; }
    void merge(const Group& other);
  };

  std::int64_t start_ms_;
  std::uint64_t seen_ = 0;
  KeyTree<Group> groups_;
};

/// What a look at the TTLs of a server came to.
struct Keyspace {
  std::vector<PatternTtls> patterns;
  std::uint64_t lookups = 0;         ///< keyspace hits and misses that it cost
  std::vector<std::string> reasons;  ///< why not everything was seen; empty when it was

  bool complete() const { return reasons.empty(); }
};

/// Looks at the TTL of every key that matches.
///
/// In:      `traffic`, what was heard of the same keys before; null when nobody listened.
/// Errors:  usage of the glob, connect, interrupted.
/// Cost:    one SCAN for every 1,000 keys of the keyspace, one PTTL for each that matches.
asio::awaitable<Result<Keyspace>> read_keyspace(Context& context, std::string match,
                                                const Traffic* traffic = nullptr);

}  // namespace rcache::stampede
