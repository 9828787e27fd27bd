#include "commands/invalidate/transaction.h"

#include <cstdlib>
#include <deque>

#include "commands/invalidate/removal_reply.h"
#include "commands/invalidate/saver.h"
#include "commands/invalidate/value_reader.h"

namespace rcache::invalidate {
namespace {

using Client = std::shared_ptr<redis::Client>;

constexpr int k_tries = 3;

enum class Commit { done, changed, later, lost };

/// MULTI, the removal, EXEC: all or, when one of the watched keys was changed, nothing.
asio::awaitable<Commit> commit(std::shared_ptr<Job> job, Removal removal, Client client) {
  const auto sent = job->how;
  redis::Commands commands;
  commands.add({"MULTI"});
  std::vector<std::string_view> words{command_of(sent)};
  words.insert(words.end(), removal.keys.begin(), removal.keys.end());
  commands.add(words);
  commands.add({"EXEC"});
  const auto replies = co_await client->pipeline(std::move(commands));
  if (!replies) {
    job->ledger.lost(removal.keys);
    co_return Commit::lost;
  }
  const auto& executed = replies->back();
  if (executed.get<redis::Nil>() != nullptr) co_return Commit::changed;
  const auto* results = executed.get<std::vector<redis::Reply>>();
  // What was refused when it was queued says more than EXECABORT.
  const auto& reply = results != nullptr && results->size() == 1 ? results->front()
                      : (*replies)[1].error() != nullptr         ? (*replies)[1]
                                                                 : executed;
  switch (enter_reply(*job, removal.node, removal.keys, sent, reply)) {
    case Next::nothing:
      co_return Commit::done;
    case Next::again:
    case Next::singly:
      co_return Commit::changed;  // the transaction is over: each key has one of its own now
    case Next::at_owner:
    case Next::later:
      co_return Commit::later;
  }
  co_return Commit::done;
}

/// Whether the file has this value already. Before Redis 7 an expiry is computed from what is left,
/// and two computations differ by a few milliseconds.
bool in_file(const Known* known, const backup::Value& value) {
  if (known == nullptr) return false;
  const auto old = known->find(value.key);
  if (old == known->end() || old->second.dump != value.dump) return false;
  const auto& before = old->second.expires_unix_ms;
  if (before.has_value() != value.expires_unix_ms.has_value()) return false;
  return !before || std::abs(*before - *value.expires_unix_ms) <= 5;
}

/// Groups of keys that wait for their transaction, and how often each was tried.
struct Attempt {
  Keys keys;
  int tries = 0;
};
using Attempts = std::deque<Attempt>;

void split(Attempts& attempts, Keys keys, int tries) {
  for (auto& key : keys) attempts.push_back({{std::move(key)}, tries});
}

/// One attempt.
/// Out:     false when the connection is of no use any more; `open` has what is open, `attempts`
///          what is to be tried again.
asio::awaitable<bool> try_once(std::shared_ptr<Job> job, Removal removal, Client client,
                               const Known* known, Attempts* attempts, int tries, Keys* open) {
  ValueReader reader(job, removal, client);
  auto watched = removal.keys;
  auto saved = co_await reader.read(std::move(watched), ValueReader::Watch::yes);
  if (!saved) {
    append(*open, std::move(removal.keys));
    co_return false;
  }
  if (saved->refused) {
    stop_unsaved(*job, removal.node, saved->values, *saved->refused);
    if (!job->refused) job->refused = saved->refused;
    append(*open, std::move(saved->open));
    co_return true;
  }
  if (removal.keys.size() > 1 && saved->values.empty() && !saved->open.empty()) {
    split(*attempts, std::move(saved->open), tries);  // the one that is not allowed failed all
    co_return true;
  }
  append(*open, std::move(saved->open));
  if (saved->values.empty()) co_return true;
  std::vector<backup::Value> unsaved;
  for (const auto& value : saved->values) {
    // After a failed try the file's last record may be another value than the one that is there
    // now.
    if (tries > 1 || !in_file(known, value)) unsaved.push_back(value);
  }
  if (auto stored = co_await reader.store(unsaved); !stored) {
    stop_unsaved(*job, removal.node, saved->values, stored.error());
    co_return false;
  }
  Removal now{removal.node, client, keys_of(saved->values)};
  auto keys = now.keys;
  const auto committed = co_await commit(job, std::move(now), client);
  switch (committed) {
    case Commit::done:
      co_return true;
    case Commit::changed:
      split(*attempts, std::move(keys), tries);
      co_return true;
    case Commit::later:
      append(*open, std::move(keys));
      co_return true;
    case Commit::lost:
      append(*open, std::move(keys));
      co_return false;
  }
  co_return false;
}

}  // namespace

Keys keys_of(const std::vector<backup::Value>& values) {
  Keys keys;
  for (const auto& value : values) keys.push_back(value.key);
  return keys;
}

asio::awaitable<bool> transact(std::shared_ptr<Job> job, Removal removal, Client client,
                               const Known* known, Keys* open) {
  Attempts attempts;
  attempts.push_back({std::move(removal.keys), 0});
  bool fine = true;
  while (!attempts.empty()) {
    auto attempt = std::move(attempts.front());
    attempts.pop_front();
    if (!fine || job->stopped) {
      append(*open, std::move(attempt.keys));
      continue;
    }
    if (attempt.tries == k_tries) {
      for (const auto& key : attempt.keys)
        job->ledger.failed(removal.node, key, "it was changed each time while it was being saved");
      continue;
    }
    Removal now{removal.node, client, std::move(attempt.keys)};
    fine =
        co_await try_once(job, std::move(now), client, known, &attempts, attempt.tries + 1, open);
  }
  co_return fine;
}

}  // namespace rcache::invalidate
