#include "commands/audit_ttl/repair.h"

#include <fmt/format.h>

#include "redis/identity.h"
#include "redis/refusal.h"
#include "redis/slot.h"

namespace rcache::audit_ttl {
namespace {

constexpr std::size_t k_keys_together = 100;
constexpr int k_tries = 3;

const redis::Node* node_at(const redis::Deployment& servers, const redis::Address& address) {
  for (const auto& node : servers.nodes())
    if (node.address == address) return &node;
  return nullptr;
}

/// PEXPIRE has NX since Redis 7.0; every fork that goes by another name has it.
bool knows_nx(const redis::Node* node) {
  if (node == nullptr || node->identity.version.empty()) return true;
  return node->identity.flavor != "redis" || redis::version_of(node->identity).major >= 7;
}

bool has_moved(const redis::Reply& reply) {
  const auto* error = reply.error();
  return error != nullptr && (error->code() == "MOVED" || error->code() == "ASK");
}

}  // namespace

Repairer::Repairer(std::shared_ptr<Audit> audit, Repair planned, std::uint64_t seed)
    : audit_(std::move(audit)), planned_(planned), receipt_(std::move(planned)), random_(seed) {}

Repair Repairer::begin_again() {
  auto before = std::move(receipt_);
  receipt_ = planned_;
  return before;
}

redis::Args Repairer::pexpire(const std::string& key, bool nx) {
  std::uniform_int_distribution<std::int64_t> jitter(0, planned_.jitter_ms);
  redis::Args words{"PEXPIRE", key, std::to_string(planned_.ttl_ms + jitter(random_))};
  if (nx) words.emplace_back("NX");
  return words;
}

void Repairer::fail_keys(std::uint64_t keys, std::string why) {
  receipt_.failed += keys;
  if (receipt_.error.empty()) receipt_.error = std::move(why);
}

/// PEXPIRE answers 1 when it took, and 0 for a key that is gone or, with NX, has a TTL.
void Repairer::enter(const redis::Reply& reply) {
  if (const auto* taken = reply.get<std::int64_t>()) {
    ++(*taken == 1 ? receipt_.repaired : receipt_.skipped);
  } else if (const auto* error = reply.error()) {
    fail_keys(1, redis::own_words(*error));
  } else {
    fail_keys(1, "the reply of PEXPIRE made no sense");
  }
}

asio::awaitable<void> Repairer::repair(Batch batch) {
  receipt_.protected_keys += std::erase_if(
      batch.keys, [this](const auto& key) { return audit_->choice.is_protected(key); });
  if (batch.keys.empty()) co_return;
  if (audit_->pace) {
    const bool admitted = co_await audit_->pace->admit_change(batch.keys.size());
    if (!admitted) co_return;  // interrupted, and the report says so
  }
  if (knows_nx(node_at(*audit_->servers, batch.node))) {
    co_await with_nx(std::move(batch));
  } else {
    co_await with_transactions(std::move(batch));
  }
}

asio::awaitable<void> Repairer::with_nx(Batch batch) {
  redis::Commands commands;
  for (const auto& key : batch.keys) commands.add(pexpire(key, true));
  const auto replies = co_await batch.client->pipeline(std::move(commands));
  if (!replies) {
    fail_keys(batch.keys.size(),
              fmt::format("{}; some of them may have a TTL now", replies.error().message));
    co_return;
  }
  for (std::size_t i = 0; i < batch.keys.size(); ++i) {
    if (!has_moved((*replies)[i])) {
      enter((*replies)[i]);
      continue;
    }
    auto words = pexpire(batch.keys[i], true);
    auto key = batch.keys[i];
    const auto reply = co_await audit_->servers->send_to_owner(std::move(key), std::move(words));
    if (reply) {
      enter(*reply);
    } else {
      fail_keys(1, reply.error().message);
    }
  }
}

asio::awaitable<std::shared_ptr<redis::Client>> Repairer::own_client(redis::Address address) {
  auto& known = own_clients_[address];
  if (known) co_return known;
  const auto* node = node_at(*audit_->servers, address);
  if (node == nullptr) co_return nullptr;
  auto opened = co_await audit_->servers->open_another(*node);
  if (opened) own_clients_[address] = *opened;
  co_return own_clients_[address];
}

/// In groups of keys that may be in one transaction.
asio::awaitable<void> Repairer::with_transactions(Batch batch) {
  if (!transaction_ended_) transaction_ended_.emplace(co_await asio::this_coro::executor);
  while (in_transaction_) co_await transaction_ended_->wait();
  in_transaction_ = true;
  const auto client = co_await own_client(batch.node);
  std::map<std::uint16_t, Keys> slots;
  std::vector<Keys> groups;
  for (auto& key : batch.keys) {
    const std::uint16_t slot = audit_->cluster() ? redis::key_slot(key) : std::uint16_t{0};
    auto& group = slots[slot];
    group.push_back(std::move(key));
    if (group.size() == k_keys_together) groups.push_back(std::exchange(group, {}));
  }
  for (auto& [slot, group] : slots)
    if (!group.empty()) groups.push_back(std::move(group));
  while (!groups.empty()) {
    auto group = std::move(groups.back());
    groups.pop_back();
    auto step = Step::changed;
    for (int attempt = 0; attempt < (group.size() == 1 ? k_tries : 1); ++attempt) {
      auto keys = group;
      if (step == Step::changed) step = co_await transaction(client, std::move(keys));
    }
    if (step == Step::settled) continue;
    if (group.size() == 1) {
      fail_keys(1, "the key is written to all the time");
    } else {
      for (auto& key : group) groups.push_back({std::move(key)});
    }
  }
  in_transaction_ = false;
  transaction_ended_->notify();
}

/// Nothing happens to a key that changed between the look at its TTL and the transaction.
asio::awaitable<Repairer::Step> Repairer::transaction(std::shared_ptr<redis::Client> client,
                                                      Keys keys) {
  const auto lost = [&](const std::string& why) {
    fail_keys(keys.size(), why);
    return Step::settled;
  };
  if (!client) co_return lost("no second connection to the server");
  redis::Commands look;
  std::vector<std::string_view> watch{"WATCH"};
  watch.insert(watch.end(), keys.begin(), keys.end());
  look.add(watch);
  for (const auto& key : keys) look.add({"PTTL", key});
  const auto ttls = co_await client->pipeline(std::move(look));
  if (!ttls) co_return lost(ttls.error().message);
  if (const auto* error = ttls->front().error()) co_return lost(redis::own_words(*error));
  redis::Commands change;
  change.add({"MULTI"});
  std::uint64_t meant = 0;
  std::uint64_t skipped = 0;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto* ttl = (*ttls)[i + 1].get<std::int64_t>();
    if (ttl != nullptr) ++audit_->own_lookups;
    if (ttl == nullptr || *ttl != -1) {
      ++skipped;
      continue;
    }
    ++meant;
    change.add(pexpire(keys[i], false));
  }
  change.add({"EXEC"});
  const auto replies = co_await client->pipeline(std::move(change));
  if (!replies) co_return lost(replies.error().message + "; some of them may have a TTL now");
  const auto& done = replies->back();
  if (done.get<redis::Nil>() != nullptr) co_return Step::changed;
  receipt_.skipped += skipped;
  const auto* results = done.get<std::vector<redis::Reply>>();
  if (results == nullptr || results->size() != meant) {
    // EXECABORT only says that something was refused when it was queued: that reply says what.
    std::string why = "the transaction was refused";
    for (const auto& reply : *replies) {
      if (const auto* error = reply.error()) {
        why = redis::own_words(*error);
        break;
      }
    }
    fail_keys(meant, why);
    co_return Step::settled;
  }
  for (const auto& result : *results) enter(result);
  co_return Step::settled;
}

}  // namespace rcache::audit_ttl
