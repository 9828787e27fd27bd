#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
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
  void kept(const redis::Address& node);
  /// `why` in words fit to print.
  void failed(const redis::Address& node, const std::string& key, const std::string& why);
  /// A whole node has something to say.
  void node_error(const redis::Address& node, const std::string& why);
  void node_scanned(const redis::Address& node, std::uint64_t keys);

  /// While it lives, keys that are gone are not entered: they were when they were removed.
  class SecondLook {
   public:
    explicit SecondLook(Ledger& ledger) : ledger_(ledger) { ledger_.second_look_ = true; }
    ~SecondLook() { ledger_.second_look_ = false; }
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

  /// Keys that were entered as kept, once more by a second scan of the same keys.
  void forget_kept(std::uint64_t keys) {
    receipt_.matched -= keys;
    receipt_.protected_keys -= keys;
  }
  /// The same run with nothing entered yet.
  Ledger fresh() const;

  /// With what only shows at the end: groups and nodes.
  Receipt finished() const;

  std::string shown(std::string_view key) const;  ///< without the key prefix, raw

 private:
  NodeReceipt& line_of(const redis::Address& node);
  void add_to_groups(const std::vector<std::string>& keys);

  KeyPrefix prefix_;
  bool second_look_ = false;
  std::optional<std::unordered_set<std::string>> failed_now_;
  Receipt receipt_;
  KeyPatterns groups_;
  std::map<redis::Address, NodeReceipt> nodes_;
};

}  // namespace rcache::invalidate
