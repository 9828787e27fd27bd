#include "commands/tags/removal.h"

#include <fmt/format.h>

#include <iterator>

#include "core/key.h"
#include "redis/refusal.h"
#include "redis/slot.h"

namespace rcache::tags {
namespace {

using State = redis::KeyLife::State;
using Client = std::shared_ptr<redis::Client>;
using Looked = std::vector<LookedMember>;

constexpr int k_tries = 3;
constexpr std::size_t k_transactions = 4;

/// One removal on its way.
struct Job {
  std::shared_ptr<Survey> survey;
  Container container;
  redis::KeyLife container_life;
  Removed result;

  ContainerType type() const { return survey->naming.layout().type; }
  void fail(const Looked& members, std::string_view why) {
    result.failed += members.size();
    survey->say(fmt::format("members of '{}' could not be removed: {}",
                            printable(survey->shown(container.key), 256), why));
  }
};

std::vector<redis::Member> members_of(const Looked& looked) {
  std::vector<redis::Member> members;
  for (const auto& one : looked) members.push_back(one.member);
  return members;
}

std::vector<std::string> keys_of(const Looked& looked) {
  std::vector<std::string> keys;
  for (const auto& one : looked) keys.push_back(one.key);
  return keys;
}

/// Enters the answer to an SREM of these members.
void enter(Job& job, const Looked& members, std::int64_t removed) {
  const auto count = std::min(static_cast<std::uint64_t>(std::max<std::int64_t>(removed, 0)),
                              static_cast<std::uint64_t>(members.size()));
  job.result.removed += count;
  job.result.already += members.size() - count;
}

/// Watches the keys and looks at them. Out: those that are still gone; empty optional when the
/// connection is of no use any more.
asio::awaitable<std::optional<Looked>> watch(std::shared_ptr<Job> job, Looked dead, Client client) {
  redis::Commands commands;
  redis::Args words{"WATCH"};
  for (const auto& one : dead) words.push_back(one.key);
  commands.add(words);
  for (const auto& one : dead) commands.add({"PTTL", one.key});
  const auto sent = std::chrono::steady_clock::now();
  const auto replies = co_await client->pipeline(std::move(commands));
  const auto received = std::chrono::steady_clock::now();
  if (!replies) {
    job->fail(dead, replies.error().message);
    co_return std::nullopt;
  }
  if (const auto* error = replies->front().error()) {
    job->fail(dead, redis::own_words(*error));
    co_return std::nullopt;
  }
  Looked gone;
  for (std::size_t i = 0; i < dead.size(); ++i) {
    const auto life = redis::life_of((*replies)[i + 1], sent, received);
    if (life.state != State::unknown) ++job->survey->lookups;
    if (life.state == State::gone) {
      gone.push_back(std::move(dead[i]));
    } else {
      ++job->result.kept;
    }
  }
  co_return gone;
}

enum class Commit { done, changed, lost };

asio::awaitable<Commit> commit(std::shared_ptr<Job> job, Looked gone, Client client) {
  redis::Commands commands;
  commands.add({"MULTI"});
  commands.add(redis::remove_words(job->type(), job->container.key, members_of(gone)));
  commands.add({"EXEC"});
  const auto replies = co_await client->pipeline(std::move(commands));
  if (!replies) {
    job->fail(gone, replies.error().message + "; some may be gone");
    co_return Commit::lost;
  }
  if (replies->back().get<redis::Nil>() != nullptr) co_return Commit::changed;
  const auto* results = replies->back().get<std::vector<redis::Reply>>();
  const auto* removed =
      results != nullptr && results->size() == 1 ? results->front().get<std::int64_t>() : nullptr;
  if (removed != nullptr) {
    enter(*job, gone, *removed);
    co_return Commit::done;
  }
  // What was refused when it was queued says more than EXECABORT.
  const auto* queued = (*replies)[1].error();
  const auto* executed =
      results != nullptr && !results->empty() ? results->front().error() : replies->back().error();
  const auto* error = queued != nullptr ? queued : executed;
  job->fail(gone, error != nullptr ? redis::own_words(*error) : "EXEC made no sense");
  co_return Commit::done;
}

/// Out: false when the connection is of no use any more.
asio::awaitable<bool> transact(std::shared_ptr<Job> job, Looked dead, Client client) {
  for (int attempt = 0; attempt < k_tries; ++attempt) {
    auto gone = co_await watch(job, std::move(dead), client);
    if (!gone) co_return false;
    if (gone->empty()) {
      redis::Args words{"UNWATCH"};
      const auto let_go = co_await client->send(std::move(words));
      co_return let_go.has_value();
    }
    const auto committed = co_await commit(job, *gone, client);
    if (committed != Commit::changed) co_return committed == Commit::done;
    dead = std::move(*gone);
  }
  // Somebody writes them all the time: they are alive.
  job->result.kept += dead.size();
  co_return true;
}

/// Puts members back whose keys came to life, and gives a container that had to be made anew the
/// TTL that it had.
asio::awaitable<void> put_back(std::shared_ptr<Job> job, Looked alive) {
  const auto& key = job->container.key;
  for (auto& words : redis::put_back_words(job->type(), key, members_of(alive))) {
    const auto reply = co_await job->survey->servers->send_to_owner(key, std::move(words));
    if (reply && reply->error() == nullptr) continue;
    job->fail(alive,
              fmt::format("their keys came back, and they could not be put back: {}",
                          reply ? redis::own_words(*reply->error()) : reply.error().message));
    job->result.removed -= std::min<std::uint64_t>(job->result.removed, alive.size());
    co_return;
  }
  job->result.removed -= std::min<std::uint64_t>(job->result.removed, alive.size());
  job->result.kept += alive.size();
  if (job->container_life.state != State::expiring) co_return;
  std::vector<std::string> keys{key};
  const auto life = co_await redis::ask_lives(job->survey->servers, std::move(keys));
  if (!life || life->lives.front().state != State::forever) co_return;
  const auto left = job->container_life.left(std::chrono::steady_clock::now());
  redis::Args words{"PEXPIRE", key, std::to_string(std::max<std::int64_t>(left.count(), 1))};
  const auto reply = co_await job->survey->servers->send_to_owner(key, std::move(words));
  if (!reply || reply->error() != nullptr) {
    job->survey->say(fmt::format(
        "'{}' was made anew and has no TTL now: {}", printable(job->survey->shown(key), 256),
        reply ? redis::own_words(*reply->error()) : reply.error().message));
  }
}

/// The members whose keys are in this state now; `others` gets the rest. Empty on a failure.
asio::awaitable<std::optional<Looked>> still(std::shared_ptr<Job> job, Looked looked,
                                             std::shared_ptr<Looked> alive) {
  const auto lives = co_await redis::ask_lives(job->survey->servers, keys_of(looked));
  if (!lives) co_return std::nullopt;
  job->survey->lookups += lives->lookups;
  Looked gone;
  for (std::size_t i = 0; i < looked.size(); ++i)
    (lives->lives[i].state == State::gone ? gone : *alive).push_back(std::move(looked[i]));
  co_return gone;
}

asio::awaitable<void> remove_between_slots(std::shared_ptr<Job> job, Looked dead) {
  job->result.between_slots = true;
  const auto alive = std::make_shared<Looked>();
  const auto gone = co_await still(job, dead, alive);
  if (!gone) {
    job->fail(dead, "interrupted");
    co_return;
  }
  job->result.kept += alive->size();
  if (gone->empty()) co_return;
  auto words = redis::remove_words(job->type(), job->container.key, members_of(*gone));
  const auto reply =
      co_await job->survey->servers->send_to_owner(job->container.key, std::move(words));
  if (!reply || reply->error() != nullptr) {
    job->fail(*gone, reply ? redis::own_words(*reply->error()) : reply.error().message);
    co_return;
  }
  const auto* removed = reply->get<std::int64_t>();
  enter(*job, *gone, removed != nullptr ? *removed : 0);
  const auto back = std::make_shared<Looked>();
  const auto left = co_await still(job, *gone, back);
  if (!left) {
    job->survey->say("interrupted before it was clear whether removed members had come back");
    co_return;
  }
  if (!back->empty()) co_await put_back(job, std::move(*back));
}

asio::awaitable<void> remove_together(std::shared_ptr<Job> job,
                                      std::shared_ptr<redis::TransactionPool> transactions,
                                      Looked dead) {
  const auto* owner = redis::owner_of(*job->survey->servers, job->container.key);
  if (owner == nullptr) {
    job->fail(dead, "no reachable node serves it");
    co_return;
  }
  const auto address = owner->address;
  auto client = co_await transactions->lease(job->survey->servers, address, k_transactions);
  if (!client && client.error().kind == ErrorKind::server) {
    co_await remove_between_slots(job, std::move(dead));
    co_return;
  }
  if (!client) {
    job->fail(dead, client.error().message);
    co_return;
  }
  const bool fine = co_await transact(job, std::move(dead), *client);
  using Use = redis::TransactionPool::Use;
  transactions->give_back(address, std::move(*client), fine ? Use::again : Use::never);
}

}  // namespace

asio::awaitable<Removed> remove_dead(std::shared_ptr<Survey> survey,
                                     std::shared_ptr<redis::TransactionPool> transactions,
                                     Container container, redis::KeyLife container_life,
                                     std::vector<LookedMember> dead) {
  const auto job = std::make_shared<Job>();
  job->survey = survey;
  job->container = std::move(container);
  job->container_life = container_life;
  Looked together;
  Looked apart;
  const auto slot = redis::key_slot(job->container.key);
  for (auto& one : dead) {
    const bool same = !survey->cluster() || redis::key_slot(one.key) == slot;
    (same ? together : apart).push_back(std::move(one));
  }
  if (!together.empty()) co_await remove_together(job, transactions, std::move(together));
  if (!apart.empty()) co_await remove_between_slots(job, std::move(apart));
  co_return job->result;
}

}  // namespace rcache::tags
