#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "commands/command.h"
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

  std::vector<PatternTtls> patterns() const;
  std::uint64_t seen() const { return seen_; }

 private:
  struct Group {
    std::uint64_t with_ttl = 0;
    std::uint64_t without_ttl = 0;
    std::int64_t longest_ms = 0;
    std::optional<ExpirySeconds> seconds;

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
/// Errors:  usage of the glob, connect, interrupted.
/// Cost:    one SCAN for every 1,000 keys of the keyspace, one PTTL for each that matches.
asio::awaitable<Result<Keyspace>> read_keyspace(Context& context, std::string match);

}  // namespace rcache::stampede
