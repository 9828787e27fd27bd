#include "commands/invalidate/ledger.h"

#include <algorithm>
#include <functional>

namespace rcache::invalidate {
namespace {

constexpr std::size_t k_failures_named = 20;
/// About 10 MiB. What is beyond can be counted once in each pass.
constexpr std::size_t k_remembered = 200'000;

}  // namespace

std::string Ledger::shown(std::string_view key) const {
  return std::string(prefix_.off(key).value_or(key));
}

NodeReceipt& Ledger::line_of(const redis::Address& node) {
  auto& line = nodes_[node];
  if (line.address.empty()) line.address = redis::to_string(node);
  return line;
}

void Ledger::add_to_groups(const std::vector<std::string>& keys,
                           const std::vector<std::string>& but) {
  for (const auto& key : keys) {
    if (std::find(but.begin(), but.end(), key) == but.end())
      groups_.add(prefix_.off(key).value_or(key));
  }
}

bool Ledger::entered_before(const std::string& key) {
  const auto hash = std::hash<std::string>{}(key);
  if (remembered_.contains(hash)) return true;
  if (remembered_.size() < k_remembered) remembered_.insert(hash);
  return false;
}

std::uint64_t Ledger::take_lost(const std::vector<std::string>& keys) {
  std::uint64_t taken = 0;
  if (lost_.empty()) return taken;
  for (const auto& key : keys) taken += lost_.erase(key);
  return taken;
}

bool Ledger::forgive(const std::string& key) {
  const auto entry = failed_.find(std::hash<std::string>{}(key));
  if (entry == failed_.end()) return false;
  auto& line = line_of(entry->second);
  --line.matched;
  --receipt_.matched;
  --receipt_.failed;
  failed_.erase(entry);
  std::erase_if(receipt_.failures, [&](const Failure& each) { return each.key == shown(key); });
  const auto& node = line.address;
  const bool others = std::any_of(failed_.begin(), failed_.end(), [&](const auto& each) {
    return redis::to_string(each.second) == node;
  });
  if (!others) line.error.reset();
  return true;
}

std::vector<std::string> Ledger::forgive_all(const std::vector<std::string>& keys) {
  std::vector<std::string> forgiven;
  if (failed_.empty()) return forgiven;
  for (const auto& key : keys) {
    if (forgive(key)) forgiven.push_back(key);
  }
  return forgiven;
}

void Ledger::settled(const redis::Address& node, const std::vector<std::string>& keys,
                     std::uint64_t removed) {
  const auto forgiven = forgive_all(keys);
  // Which keys of one command were there nobody says: a second look's groups may count some that
  // were not.
  const auto entered =
      second_look_ > 0 ? std::max<std::uint64_t>(removed, forgiven.size()) : keys.size();
  receipt_.uncertain += std::min<std::uint64_t>(take_lost(keys), entered - removed);
  auto& line = line_of(node);
  line.matched += entered;
  line.removed += removed;
  receipt_.matched += entered;
  receipt_.removed += removed;
  receipt_.gone += entered - removed;
  if (entered == 0) return;
  add_to_groups(keys, forgiven);
  if (on_settled) on_settled(keys);
}

void Ledger::expiring(const redis::Address& node, const std::vector<std::string>& keys) {
  const auto forgiven = forgive_all(keys);
  std::vector<std::string> fresh;
  for (const auto& key : keys)
    if (!entered_before(key)) fresh.push_back(key);
  take_lost(keys);
  if (fresh.empty()) return;
  line_of(node).matched += fresh.size();
  receipt_.matched += fresh.size();
  receipt_.expiring += fresh.size();
  add_to_groups(fresh, forgiven);
  if (on_settled) on_settled(fresh);
}

void Ledger::kept(const redis::Address& node, const std::string& key) {
  if (entered_before(key)) return;
  ++line_of(node).matched;
  ++receipt_.matched;
  ++receipt_.protected_keys;
}

void Ledger::failed(const redis::Address& node, const std::string& key, const std::string& why) {
  if (failed_now_) failed_now_->insert(key);
  const auto hash = std::hash<std::string>{}(key);
  if (failed_.contains(hash)) return;
  if (failed_.size() < k_remembered) failed_.emplace(hash, node);
  auto& line = line_of(node);
  ++line.matched;
  if (!line.error) line.error = why;
  ++receipt_.matched;
  ++receipt_.failed;
  receipt_.uncertain += take_lost({key});
  if (receipt_.failures.size() < k_failures_named) receipt_.failures.push_back({shown(key), why});
  add_to_groups({key}, {});
}

void Ledger::node_error(const redis::Address& node, const std::string& why) {
  line_of(node).error = why;
}

void Ledger::node_scanned(const redis::Address& node, std::uint64_t keys) {
  if (second_look_ > 0) return;
  line_of(node).scanned += keys;
}

Ledger Ledger::fresh() const {
  Ledger ledger(prefix_);
  auto& receipt = ledger.receipt_;
  receipt.patterns = receipt_.patterns;
  receipt.tags = receipt_.tags;
  receipt.spread_seconds = receipt_.spread_seconds;
  receipt.how = receipt_.how;
  return ledger;
}

Receipt Ledger::finished() const {
  Receipt receipt = receipt_;
  receipt.groups = groups_.groups();
  receipt.groups_folded = groups_.folded();
  receipt.scanned = 0;
  for (const auto& [address, line] : nodes_) {
    receipt.nodes.push_back(line);
    receipt.scanned += line.scanned;
  }
  return receipt;
}

}  // namespace rcache::invalidate
