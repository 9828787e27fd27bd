#include "commands/invalidate/removal.h"

#include <algorithm>
#include <map>
#include <utility>

#include "commands/invalidate/expiry.h"
#include "commands/invalidate/removal_reply.h"
#include "commands/invalidate/saving.h"
#include "redis/asio.h"
#include "redis/slot.h"

namespace rcache::invalidate {
namespace {

constexpr int k_rounds = 5;
constexpr std::chrono::milliseconds k_before_next_round{100};
constexpr std::chrono::milliseconds k_patience{3000};
constexpr std::size_t k_keys_in_a_round = 500;

/// Key by key, each to whoever has it now.
asio::awaitable<Keys> remove_at_owner(std::shared_ptr<Job> job, Removal removal) {
  Keys open;
  for (const auto& key : removal.keys) {
    const Keys one{key};
    const auto sent = job->how;
    redis::Args words{std::string(command_of(sent)), key};
    const auto reply = co_await job->servers->send_to_owner(key, std::move(words));
    if (!reply || enter_reply(*job, removal.node, one, sent, *reply) != Next::nothing)
      open.push_back(key);
  }
  co_return open;
}

/// Sends one command for each group, all in one round trip.
asio::awaitable<Keys> remove_groups(std::shared_ptr<Job> job, Removal where,
                                    std::vector<Keys> groups) {
  Keys open;
  while (!groups.empty()) {
    const auto sent = job->how;
    redis::Commands commands;
    for (const auto& group : groups) {
      std::vector<std::string_view> words{command_of(sent)};
      words.insert(words.end(), group.begin(), group.end());
      commands.add(words);
    }
    const auto replies = co_await where.client->pipeline(std::move(commands));
    std::vector<Keys> again;
    for (std::size_t i = 0; i < groups.size(); ++i) {
      auto& group = groups[i];
      if (!replies) {
        job->ledger.lost(group);
        append(open, std::move(group));
        continue;
      }
      switch (enter_reply(*job, where.node, group, sent, (*replies)[i])) {
        case Next::nothing:
          break;
        case Next::again:
          again.push_back(std::move(group));
          break;
        case Next::singly:
          for (auto& key : group) again.push_back({std::move(key)});
          break;
        case Next::at_owner: {
          Removal moving{where.node, where.client, std::move(group)};
          auto left = co_await remove_at_owner(job, std::move(moving));
          append(open, std::move(left));
          break;
        }
        case Next::later:
          append(open, std::move(group));
          break;
      }
    }
    groups = std::move(again);
  }
  co_return open;
}

/// One round over what was left for later. Out: what is still open.
asio::awaitable<Keys> remove_once_more(std::shared_ptr<Job> job, Keys keys) {
  std::map<redis::Address, Removal> chunks;
  Keys open;
  for (auto& key : keys) {
    const auto* owner = redis::owner_of(*job->servers, key);
    if (owner == nullptr) {
      open.push_back(std::move(key));
      continue;
    }
    auto& chunk = chunks[owner->address];
    chunk.node = owner->address;
    chunk.client = owner->client;
    chunk.keys.push_back(std::move(key));
    if (chunk.keys.size() < k_keys_in_a_round) continue;
    Removal full{chunk.node, chunk.client, std::exchange(chunk.keys, {})};
    auto left = co_await remove_keys(job, std::move(full));
    append(open, std::move(left));
  }
  for (auto& [address, chunk] : chunks) {
    auto left = co_await remove_keys(job, std::move(chunk));
    append(open, std::move(left));
  }
  co_return open;
}

}  // namespace

std::vector<Keys> by_slot(Keys keys) {
  std::map<std::uint16_t, Keys> slots;
  for (auto& key : keys) {
    const auto slot = redis::key_slot(key);
    slots[slot].push_back(std::move(key));
  }
  std::vector<Keys> groups;
  for (auto& [slot, group] : slots) groups.push_back(std::move(group));
  return groups;
}

asio::awaitable<Keys> remove_now(std::shared_ptr<Job> job, Removal removal) {
  if (job->options.expires()) co_return co_await expire_keys(job, std::move(removal));
  std::vector<Keys> groups;
  if (job->cluster()) {
    groups = by_slot(std::move(removal.keys));
  } else {
    groups.push_back(std::move(removal.keys));
  }
  Removal where{removal.node, removal.client, {}};
  co_return co_await remove_groups(job, std::move(where), std::move(groups));
}

asio::awaitable<Keys> remove_keys(std::shared_ptr<Job> job, Removal removal) {
  if (removal.keys.empty()) co_return Keys();
  const bool admitted = co_await job->pace->admit_change(removal.keys.size());
  if (!admitted || job->stopped) co_return std::move(removal.keys);
  if (job->saver) co_return co_await save_and_remove(job, std::move(removal));
  co_return co_await remove_now(job, std::move(removal));
}

asio::awaitable<void> settle_later(std::shared_ptr<Job> job) {
  const auto give_up = job->context.clock.now() +
                       std::min<std::chrono::milliseconds>(k_patience, job->context.patience);
  for (int round = 0; round < k_rounds && !job->later.empty() && !job->stopped; ++round) {
    if (round > 0) {
      if (job->context.clock.now() > give_up) break;
      const auto slept = co_await job->context.clock.sleep(round * k_before_next_round);
      if (!slept) break;
    }
    const auto refreshed = co_await job->servers->refresh();
    if (!refreshed) continue;
    const auto later = std::exchange(job->later, {});
    Keys keys(later.begin(), later.end());
    auto open = co_await remove_once_more(job, std::move(keys));
    job->later.insert(open.begin(), open.end());
  }
  check_stop(*job);
  const auto left = std::exchange(job->later, {});
  if (job->stopped) co_return;
  for (const auto& key : left) {
    const auto* owner = redis::owner_of(*job->servers, key);
    const auto node = owner != nullptr ? owner->address : job->servers->nodes().front().address;
    job->ledger.failed(node, key,
                       owner != nullptr ? "its server could not take it in time"
                                        : "no reachable node serves its slot");
  }
}

}  // namespace rcache::invalidate
