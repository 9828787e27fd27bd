#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "commands/invalidate/receipt.h"
#include "core/key_pattern.h"
#include "core/key_prefix.h"
#include "redis/deployment.h"

namespace rcache::invalidate {

/// Keeps the books: each key is entered once, when its fate is known, so that the sums of the
/// receipt hold at every moment.
class Ledger {
 public:
  explicit Ledger(KeyPrefix prefix) : prefix_(std::move(prefix)) {}

  /// `removed` of these keys were removed, the others were gone.
  void settled(const redis::Address& node, const std::vector<std::string>& keys,
               std::uint64_t removed);
  /// These have a TTL within the window now.
  void expiring(const redis::Address& node, const std::vector<std::string>& keys);
  void kept(const redis::Address& node, const std::string& key);
  /// `why` in words fit to print. A key that fails again counts once, and one that is settled later
  /// no longer.
  void failed(const redis::Address& node, const std::string& key, const std::string& why);
  /// The connection was lost while these were being removed: their fate is entered when it is
  /// known.
  void lost(const std::vector<std::string>& keys) { lost_.insert(keys.begin(), keys.end()); }
  /// A whole node has something to say.
  void node_error(const redis::Address& node, const std::string& why);
  void node_scanned(const redis::Address& node, std::uint64_t keys);

  /// Called with keys as they are entered as removed, gone or expiring.
  std::function<void(const std::vector<std::string>&)> on_settled;

  /// While it lives, only what is removed is entered: keys that are gone or kept were entered
  /// before.
  class SecondLook {
   public:
    explicit SecondLook(Ledger& ledger) : ledger_(ledger) { ++ledger_.second_look_; }
    ~SecondLook() { --ledger_.second_look_; }
    SecondLook(const SecondLook&) = delete;
    SecondLook& operator=(const SecondLook&) = delete;

   private:
    Ledger& ledger_;
  };

  /// Remembers which keys fail while it lives.
  class FailureWatch {
   public:
    explicit FailureWatch(Ledger& ledger) : ledger_(ledger) { ledger_.failed_now_.emplace(); }
    ~FailureWatch() { ledger_.failed_now_.reset(); }
    FailureWatch(const FailureWatch&) = delete;
    FailureWatch& operator=(const FailureWatch&) = delete;

    bool failed(const std::string& key) const { return ledger_.failed_now_->contains(key); }

   private:
    Ledger& ledger_;
  };

  Receipt& receipt() { return receipt_; }
  const Receipt& receipt() const { return receipt_; }

  /// The same run with nothing entered yet.
  Ledger fresh() const;

  /// With what only shows at the end: groups and nodes.
  Receipt finished() const;

  std::string shown(std::string_view key) const;  ///< without the key prefix, raw

 private:
  NodeReceipt& line_of(const redis::Address& node);
  bool entered_before(const std::string& key);
  std::uint64_t take_lost(const std::vector<std::string>& keys);
  void add_to_groups(const std::vector<std::string>& keys, const std::vector<std::string>& but);
  bool forgive(const std::string& key);
  std::vector<std::string> forgive_all(const std::vector<std::string>& keys);

  KeyPrefix prefix_;
  int second_look_ = 0;
  /// Of keys that stay where they are, so that a later pass does not enter them again.
  std::unordered_set<std::size_t> remembered_;
  std::unordered_set<std::string> lost_;
  /// Of keys that failed, on which node: a later pass may still remove them.
  std::unordered_map<std::size_t, redis::Address> failed_;
  std::optional<std::unordered_set<std::string>> failed_now_;
  Receipt receipt_;
  KeyPatterns groups_;
  std::map<redis::Address, NodeReceipt> nodes_;
};

}  // namespace rcache::invalidate
