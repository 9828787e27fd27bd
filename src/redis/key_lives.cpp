#include "redis/key_lives.h"

#include <algorithm>
#include <map>

#include "redis/asio.h"
#include "redis/refusal.h"
#include "redis/slot.h"

namespace rcache::redis {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// PTTL answers -2 for a key that is not there, and -1 for one without a TTL.
constexpr std::int64_t k_gone = -2;
constexpr std::int64_t k_forever = -1;

/// A TTL of centuries would run over the clock's 64 bits of nanoseconds.
constexpr milliseconds k_longest = std::chrono::hours(24 * 365 * 100);

/// The keys of one node, by their places in the list.
struct Share {
  std::shared_ptr<Client> client;
  Address node;
  std::vector<std::size_t> places;
};

/// What the shares of one question have in common.
struct Asked {
  std::shared_ptr<Deployment> servers;
  std::vector<std::string> keys;
  KeyLives result;
  std::optional<Error> interrupted;

  void enter(std::size_t place, const Reply& reply, steady_clock::time_point sent,
             steady_clock::time_point received) {
    result.lives[place] = life_of(reply, sent, received);
    if (result.lives[place].state != KeyLife::State::unknown) {
      ++result.lookups;
    } else if (const auto* error = reply.error()) {
      trouble(own_words(*error));
    }
  }
  void trouble(std::string words) {
    if (result.trouble.empty()) result.trouble = std::move(words);
  }
  void trouble(const Error& error) {
    if (error.kind == ErrorKind::interrupted) interrupted = error;
    trouble(error.message);
  }
};

bool is_elsewhere(const Reply& reply) {
  const auto* error = reply.error();
  if (error == nullptr) return false;
  const auto code = error->code();
  return code == "MOVED" || code == "ASK" || code == "TRYAGAIN" || code == "CLUSTERDOWN";
}

asio::awaitable<bool> ask_share(std::shared_ptr<Asked> asked, Share share) {
  Commands commands;
  for (const auto place : share.places) commands.add({"PTTL", asked->keys[place]});
  const auto sent = steady_clock::now();
  const auto replies = co_await share.client->pipeline(std::move(commands));
  const auto received = steady_clock::now();
  if (!replies) {
    asked->trouble(replies.error());
    co_return false;
  }
  for (std::size_t i = 0; i < share.places.size(); ++i) {
    const auto place = share.places[i];
    if (!is_elsewhere((*replies)[i])) {
      asked->enter(place, (*replies)[i], sent, received);
      continue;
    }
    Args words{"PTTL", asked->keys[place]};
    const auto again = steady_clock::now();
    const auto reply = co_await asked->servers->send_to_owner(asked->keys[place], std::move(words));
    if (reply) {
      asked->enter(place, *reply, again, steady_clock::now());
    } else {
      asked->trouble(reply.error());
    }
    if (asked->interrupted) co_return false;
  }
  co_return true;
}

std::vector<Share> shares_of(Asked& asked) {
  const auto& nodes = asked.servers->nodes();
  std::map<Address, Share> shares;
  if (asked.servers->mode() == Mode::standalone) {
    Share all{nodes.front().client, nodes.front().address, {}};
    for (std::size_t i = 0; i < asked.keys.size(); ++i) all.places.push_back(i);
    return {std::move(all)};
  }
  for (std::size_t i = 0; i < asked.keys.size(); ++i) {
    const auto* owner = owner_of(*asked.servers, asked.keys[i]);
    if (owner == nullptr) {
      asked.trouble("no reachable node serves the slot of a key");
      continue;
    }
    auto& share = shares[owner->address];
    share.client = owner->client;
    share.node = owner->address;
    share.places.push_back(i);
  }
  std::vector<Share> all;
  for (auto& [address, share] : shares) all.push_back(std::move(share));
  return all;
}

}  // namespace

milliseconds KeyLife::left(steady_clock::time_point now) const {
  return std::max(std::chrono::duration_cast<milliseconds>(earliest - now), milliseconds(0));
}

bool outlives(const KeyLife& key, const KeyLife& other, milliseconds tolerance) {
  if (other.state != KeyLife::State::expiring) return false;
  if (key.state == KeyLife::State::forever) return true;
  return key.state == KeyLife::State::expiring && key.earliest > other.latest + tolerance;
}

KeyLife life_of(const Reply& reply, steady_clock::time_point sent,
                steady_clock::time_point received) {
  KeyLife life;
  const auto* pttl = reply.get<std::int64_t>();
  if (pttl == nullptr || *pttl < k_gone) return life;
  if (*pttl == k_gone || *pttl == k_forever) {
    life.state = *pttl == k_gone ? KeyLife::State::gone : KeyLife::State::forever;
    return life;
  }
  const auto left = std::min(milliseconds(*pttl), k_longest);
  return {KeyLife::State::expiring, sent + left, received + left};
}

asio::awaitable<Result<KeyLives>> ask_lives(std::shared_ptr<Deployment> servers,
                                            std::vector<std::string> keys) {
  const auto asked = std::make_shared<Asked>();
  asked->servers = std::move(servers);
  asked->keys = std::move(keys);
  asked->result.lives.resize(asked->keys.size());
  auto shares = shares_of(*asked);
  if (shares.size() == 1) {
    co_await ask_share(asked, std::move(shares.front()));
  } else {
    std::vector<asio::awaitable<bool>> tasks;
    for (auto& share : shares) tasks.push_back(ask_share(asked, std::move(share)));
    co_await gather(std::move(tasks));
  }
  if (asked->interrupted) co_return fail(*asked->interrupted);
  co_return std::move(asked->result);
}

}  // namespace rcache::redis
