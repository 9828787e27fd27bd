#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "support/server.h"

namespace rcache::test {

/// A primary, a replica and some Sentinels that watch them under the name "mymaster". Everybody
/// knows everybody when the constructor returns.
///
/// Errors:  Failure, when one of them does not start or they do not find each other in time.
class SentinelGroup {
 public:
  /// `arguments` are for the two servers, `sentinel_lines` for the configuration of every Sentinel
  /// (such as "requirepass s" for its own password, or "sentinel auth-pass mymaster p").
  explicit SentinelGroup(std::size_t sentinels = 1, const std::vector<std::string>& arguments = {},
                         const std::string& sentinel_lines = {}, const std::string& binary = {});

  /// The two servers by number: 0 is the primary at the start.
  Server& server(std::size_t index) { return *servers_.at(index); }
  Server& sentinel(std::size_t index) { return *sentinels_.at(index); }

  /// The server that the Sentinels name as primary.
  Server& primary();
  Server& replica() { return &primary() == &server(0) ? server(1) : server(0); }

  /// redis-sentinel://127.0.0.1:P1,127.0.0.1:P2/mymaster
  [[nodiscard]] std::string url() const;

  /// SENTINEL FAILOVER. Returns when all Sentinels name the new primary and the old one is its
  /// replica.
  void failover();

  /// SIGKILL to the primary. wait_for_failover() for what follows.
  Server& kill_primary();

  /// Waits until all Sentinels name a primary other than `old`, and it calls itself one.
  void wait_for_failover(const Server& old);

 private:
  std::string named_by(Server& sentinel);
  Value ask(Server& sentinel, const std::string& about);

  std::vector<std::unique_ptr<Server>> servers_;
  std::vector<std::unique_ptr<Server>> sentinels_;
};

}  // namespace rcache::test
