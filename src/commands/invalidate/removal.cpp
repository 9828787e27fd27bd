#include "commands/invalidate/removal.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "commands/invalidate/answers.h"
#include "commands/invalidate/expiry.h"
#include "commands/invalidate/saving.h"
#include "redis/asio.h"
#include "redis/refusal.h"
#include "redis/slot.h"

namespace rcache::invalidate {
namespace {

using Keys = std::vector<std::string>;

constexpr int k_rounds = 5;
constexpr std::chrono::milliseconds k_before_next_round{100};
constexpr std::size_t k_keys_in_a_round = 500;

void append(Keys& to, Keys from) {
  std::move(from.begin(), from.end(), std::back_inserter(to));
}

Removal with_keys(const Removal& removal, Keys keys) {
  return {removal.node, removal.client, std::move(keys), removal.again};
}

redis::Commands removals(const Job& job, const std::vector<Keys>& groups) {
  redis::Commands commands;
  for (const auto& group : groups) {
    std::vector<std::string_view> words{job.how == How::del ? "DEL" : "UNLINK"};
    words.insert(words.end(), group.begin(), group.end());
    commands.add(words);
  }
  return commands;
}

/// The command itself is refused: DEL in the place of UNLINK, and after that nothing.
/// Out:     true when there is another one to try.
bool fall_back(Job& job, const redis::Address& node, const redis::ServerError& error) {
  if (job.how == How::unlink) {
    job.how = How::del;
    job.ledger.receipt().how = How::del;
    return true;
  }
  if (!job.refused) job.refused = redis::refusal(redis::to_string(node), error);
  job.stop(Reason::server,
           fmt::format("{} takes no removal: {}", redis::to_string(node), redis::own_words(error)));
  return false;
}

void enter_count(Job& job, const redis::Address& node, const Keys& keys, std::int64_t removed) {
  if (removed < 0 || static_cast<std::uint64_t>(removed) > keys.size()) {
    job.refused =
        Error{ErrorKind::protocol, fmt::format("{} says that it removed {} of {} keys",
                                               redis::to_string(node), removed, keys.size())};
    job.stop(Reason::server, job.refused->message);
    removed = 0;
  }
  job.ledger.settled(node, keys, static_cast<std::uint64_t>(removed));
  if (job.print) job.print(keys);
}

/// Key by key, each to whoever has it now.
asio::awaitable<Keys> remove_at_owner(std::shared_ptr<Job> job, Removal removal) {
  Keys open;
  for (const auto& key : removal.keys) {
    redis::Args words{job->how == How::del ? "DEL" : "UNLINK", key};
    const auto reply = co_await job->servers->send_to_owner(key, std::move(words));
    const auto* removed = reply ? reply->get<std::int64_t>() : nullptr;
    const Keys one{key};
    if (removed != nullptr) {
      enter_count(*job, removal.node, one, *removed);
    } else if (reply && reply->error() != nullptr &&
               answer_to(*reply->error()) == Answer::not_this_key) {
      job->ledger.failed(removal.node, key, redis::own_words(*reply->error()));
    } else {
      open.push_back(key);
    }
  }
  co_return open;
}

/// One group's reply that is no number.
asio::awaitable<Keys> after_refusal(std::shared_ptr<Job> job, Removal removal,
                                    redis::ServerError error) {
  switch (answer_to(error)) {
    case Answer::other_command:
      if (fall_back(*job, removal.node, error))
        co_return co_await remove_now(job, std::move(removal));
      break;
    case Answer::redirected:
      co_return co_await remove_at_owner(job, std::move(removal));
    case Answer::not_this_key:
      if (removal.keys.size() > 1) {
        // One forbidden key fails all: each by itself, in one round trip.
        std::vector<Keys> singles;
        for (auto& key : removal.keys) singles.push_back({std::move(key)});
        auto commands = removals(*job, singles);
        const auto replies = co_await removal.client->pipeline(std::move(commands));
        Keys open;
        for (std::size_t i = 0; i < singles.size(); ++i) {
          const auto* removed = replies ? (*replies)[i].get<std::int64_t>() : nullptr;
          const auto* refused = replies ? (*replies)[i].error() : nullptr;
          if (removed != nullptr) {
            enter_count(*job, removal.node, singles[i], *removed);
          } else if (refused != nullptr) {
            const auto single = with_keys(removal, singles[i]);
            append(open, enter_refusal(*job, single, *refused));
          } else {
            append(open, singles[i]);
          }
        }
        co_return open;
      }
      break;
    case Answer::later:
    case Answer::failed:
      break;
  }
  co_return enter_refusal(*job, removal, error);
}

}  // namespace

Keys enter_refusal(Job& job, const Removal& removal, const redis::ServerError& error) {
  const auto answer = answer_to(error);
  if (answer == Answer::later || answer == Answer::redirected) return removal.keys;
  for (const auto& key : removal.keys)
    job.ledger.failed(removal.node, key, redis::own_words(error));
  return {};
}

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

const redis::Node* owner_of(const redis::Deployment& servers, std::string_view key) {
  if (servers.mode() == redis::Mode::standalone) return &servers.nodes().front();
  const auto slot = redis::key_slot(key);
  for (const auto& node : servers.nodes()) {
    if (node.slots[slot]) return &node;
  }
  return nullptr;
}

asio::awaitable<Keys> remove_now(std::shared_ptr<Job> job, Removal removal) {
  if (job->options.expires()) co_return co_await expire_keys(job, std::move(removal));
  std::vector<Keys> groups;
  if (job->cluster()) {
    groups = by_slot(std::move(removal.keys));
  } else {
    groups.push_back(std::move(removal.keys));
  }
  auto commands = removals(*job, groups);
  const auto replies = co_await removal.client->pipeline(std::move(commands));
  Keys open;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (!replies) {
      job->ledger.receipt().uncertain += groups[i].size();
      append(open, std::move(groups[i]));
    } else if (const auto* removed = (*replies)[i].get<std::int64_t>()) {
      enter_count(*job, removal.node, groups[i], *removed);
    } else if (const auto* error = (*replies)[i].error()) {
      auto group = with_keys(removal, std::move(groups[i]));
      auto left = co_await after_refusal(job, std::move(group), *error);
      append(open, std::move(left));
    } else {
      job->refused = Error{ErrorKind::protocol, fmt::format("{} answers UNLINK with no number",
                                                            redis::to_string(removal.node))};
      job->stop(Reason::server, job->refused->message);
      for (const auto& key : groups[i])
        job->ledger.failed(removal.node, key, "the reply made no sense");
    }
  }
  co_return open;
}

asio::awaitable<Keys> remove_keys(std::shared_ptr<Job> job, Removal removal) {
  if (removal.keys.empty()) co_return Keys();
  co_await job->pace->admit_removal(removal.keys.size());
  if (job->saver) co_return co_await save_and_remove(job, std::move(removal));
  co_return co_await remove_now(job, std::move(removal));
}

asio::awaitable<void> settle_later(std::shared_ptr<Job> job) {
  for (int round = 0; round < k_rounds && !job->later.empty() && !job->stopped; ++round) {
    if (round > 0) {
      const auto slept = co_await job->context.clock.sleep(round * k_before_next_round);
      if (!slept) break;
    }
    const auto refreshed = co_await job->servers->refresh();
    if (!refreshed) break;
    std::map<redis::Address, Removal> chunks;
    Keys open;
    for (auto& key : std::exchange(job->later, {})) {
      const auto* owner = owner_of(*job->servers, key);
      if (owner == nullptr) {
        open.push_back(std::move(key));
        continue;
      }
      auto& chunk = chunks[owner->address];
      chunk.node = owner->address;
      chunk.client = owner->client;
      chunk.again = true;
      chunk.keys.push_back(std::move(key));
      if (chunk.keys.size() < k_keys_in_a_round) continue;
      auto full = with_keys(chunk, std::exchange(chunk.keys, {}));
      auto left = co_await remove_keys(job, std::move(full));
      append(open, std::move(left));
    }
    for (auto& [address, chunk] : chunks) {
      auto left = co_await remove_keys(job, std::move(chunk));
      append(open, std::move(left));
    }
    append(job->later, std::move(open));
  }
  for (const auto& key : std::exchange(job->later, {})) {
    const auto* owner = owner_of(*job->servers, key);
    const auto node = owner != nullptr ? owner->address : job->servers->nodes().front().address;
    job->ledger.failed(node, key,
                       owner != nullptr ? "its server could not take it in time"
                                        : "no reachable node serves its slot");
  }
}

}  // namespace rcache::invalidate
