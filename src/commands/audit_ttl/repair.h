#pragma once

#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "commands/audit_ttl/audit.h"
#include "commands/audit_ttl/report.h"
#include "commands/audit_ttl/ttl_questions.h"
#include "redis/asio.h"

namespace rcache::audit_ttl {

/// --set-ttl: gives keys a TTL that have none, and keeps the receipt. A key that got one meanwhile
/// keeps that one, and protected keys are left alone.
class Repairer {
 public:
  /// In:      `planned`, the TTL and the jitter, with nothing counted yet; `seed` for the jitter.
  Repairer(std::shared_ptr<Audit> audit, Repair planned, std::uint64_t seed);

  /// In:      keys of one node that had no TTL a moment ago.
  /// Cost:    one PEXPIRE ... NX for each key, in one round trip. Before Redis 7 there is no NX:
  ///          WATCH, PTTL and a transaction on a connection of its own, in two round trips for 100
  ///          keys, or in a cluster for the keys of one slot.
  asio::awaitable<void> repair(Batch batch);

  const Repair& receipt() const { return receipt_; }

  /// A new look begins: what was counted is returned, and counting begins again.
  Repair begin_again();

 private:
  using Keys = std::vector<std::string>;
  enum class Step { settled, changed };

  redis::Args pexpire(const std::string& key, bool nx);
  void enter(const redis::Reply& reply);
  void fail_keys(std::uint64_t keys, std::string why);
  asio::awaitable<void> with_nx(Batch batch);
  asio::awaitable<void> with_transactions(Batch batch);
  asio::awaitable<Step> transaction(std::shared_ptr<redis::Client> client, Keys keys);
  asio::awaitable<std::shared_ptr<redis::Client>> own_client(redis::Address node);

  std::shared_ptr<Audit> audit_;
  Repair planned_;
  Repair receipt_;
  std::mt19937_64 random_;
  std::map<redis::Address, std::shared_ptr<redis::Client>> own_clients_;
  bool in_transaction_ = false;  ///< the first EXEC drops all watches: one after the other
  std::optional<redis::Signal> transaction_ended_;
};

}  // namespace rcache::audit_ttl
