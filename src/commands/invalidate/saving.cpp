#include "commands/invalidate/saving.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <unordered_map>

#include "commands/invalidate/answers.h"
#include "commands/invalidate/removal_reply.h"
#include "core/units.h"
#include "redis/refusal.h"
#include "redis/server_time.h"
#include "redis/task_group.h"

namespace rcache::invalidate {
namespace {

using Keys = std::vector<std::string>;
using Client = std::shared_ptr<redis::Client>;

constexpr int k_tries = 3;
/// What one step holds in memory, as the server estimates it.
constexpr std::int64_t k_step_bytes = std::int64_t{1} << 20U;
constexpr std::size_t k_step_keys = 500;
/// Transactions side by side: one waits for the disk while another one reads. In a cluster each has
/// a slot only.
constexpr std::size_t k_transactions = 3;
constexpr std::size_t k_transactions_in_a_cluster = 8;

void append(Keys& to, Keys from) {
  std::move(from.begin(), from.end(), std::back_inserter(to));
}

/// What DUMP and its companions said of some keys.
struct Saved {
  std::vector<backup::Value> values;
  Keys open;                     ///< to be tried again later
  std::optional<Error> refused;  ///< DUMP itself: nothing can be saved here
};

bool knows_pexpiretime(const Job& job, const redis::Address& address) {
  for (const auto& node : job.servers->nodes()) {
    if (node.address == address) return redis::version_of(node.identity).major >= 7;
  }
  return false;
}

/// One transaction's worth of keys on one connection.
class Step {
 public:
  Step(std::shared_ptr<Job> job, const Removal& removal, Client client)
      : job_(std::move(job)),
        node_(removal.node),
        client_(std::move(client)),
        absolute_(knows_pexpiretime(*job_, node_)) {}

  enum class Watch { no, yes };

  /// Reads values and expiry of the keys; those that are gone or refused go into the ledger.
  asio::awaitable<Result<Saved>> read(Keys keys, Watch watch) {
    redis::Commands commands;
    if (watch == Watch::yes) {
      std::vector<std::string_view> words{"WATCH"};
      words.insert(words.end(), keys.begin(), keys.end());
      commands.add(words);
    }
    commands.add({"TIME"});
    for (const auto& key : keys) {
      commands.add({absolute_ ? "PEXPIRETIME" : "PTTL", key});
      commands.add({"DUMP", key});
    }
    auto replies = co_await client_->pipeline(std::move(commands));
    if (!replies) co_return fail(std::move(replies).error());
    Saved saved;
    std::size_t next = 0;
    if (watch == Watch::yes) {
      if (const auto* error = (*replies)[next++].error()) {
        const auto refused = *error;
        enter_refused(std::move(keys), refused, saved);
        co_return saved;
      }
    }
    const auto now = redis::read_server_time((*replies)[next++]);
    for (auto& key : keys) {
      const auto& expiry = (*replies)[next++];
      auto& dump = (*replies)[next++];
      take(std::move(key), expiry, dump, now, saved);
    }
    co_return saved;
  }

  /// Puts the values into the file. Errors: output.
  asio::awaitable<Result<void>> store(const std::vector<backup::Value>& values) {
    if (values.empty()) co_return Result<void>();
    for (const auto& value : values) job_->saver->writer().add(value);
    const auto saver = job_->saver;
    co_return co_await saver->durable();
  }

 private:
  void enter_refused(Keys keys, const redis::ServerError& error, Saved& saved) {
    const auto answer = answer_to(error);
    if (answer == Answer::other_command) {
      saved.refused = redis::refusal(redis::to_string(node_), error);
      for (const auto& key : keys) job_->ledger.failed(node_, key, redis::own_words(error));
    } else if (answer == Answer::later || answer == Answer::redirected) {
      append(saved.open, std::move(keys));
    } else if (keys.size() == 1) {
      job_->ledger.failed(node_, keys.front(), redis::own_words(error));
    } else {
      append(saved.open,
             std::move(keys));  // one of them is not allowed: they come again one by one
    }
  }

  void take(std::string key, const redis::Reply& expiry, redis::Reply& dump,
            std::optional<std::int64_t> now, Saved& saved) {
    if (const auto* error = dump.error()) return enter_refused({std::move(key)}, *error, saved);
    auto* bytes = dump.get<std::string>();
    if (bytes == nullptr) {
      const Keys one{std::move(key)};
      return job_->ledger.settled(node_, one, 0);
    }
    backup::Value value{std::move(key), std::move(*bytes), std::nullopt, now.value_or(0)};
    if (const auto* at = expiry.get<std::int64_t>()) {
      if (*at >= 0 && !absolute_ && !now) {
        return job_->ledger.failed(node_, value.key,
                                   "its expiry cannot be saved: the server refuses TIME");
      }
      if (*at >= 0) value.expires_unix_ms = absolute_ ? *at : *at + *now;
    } else {
      const auto* error = expiry.error();
      return job_->ledger.failed(
          node_, value.key,
          fmt::format("its expiry cannot be saved: {}",
                      error != nullptr ? redis::own_words(*error) : "the reply made no sense"));
    }
    saved.values.push_back(std::move(value));
  }

  std::shared_ptr<Job> job_;
  redis::Address node_;
  Client client_;
  bool absolute_;
};

void stop_unsaved(Job& job, const redis::Address& node, const std::vector<backup::Value>& values,
                  const Error& error) {
  for (const auto& value : values) job.ledger.failed(node, value.key, "it could not be saved");
  job.stop(Reason::backup, error.message);
}

Keys keys_of(const std::vector<backup::Value>& values) {
  Keys keys;
  for (const auto& value : values) keys.push_back(value.key);
  return keys;
}

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

using Known = std::unordered_map<std::string, backup::Value>;

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
/// Out:     false when the connection is of no use any more; what is open was given to `open`, what
/// is to be
///          tried again stands in `attempts`.
asio::awaitable<bool> try_once(std::shared_ptr<Job> job, Removal removal, Client client,
                               const Known* known, Attempts* attempts, int tries, Keys* open) {
  Step step(job, removal, client);
  auto watched = removal.keys;
  auto saved = co_await step.read(std::move(watched), Step::Watch::yes);
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
  if (auto stored = co_await step.store(unsaved); !stored) {
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

/// One group of keys (in a cluster: of one slot) in one transaction; keys that were changed
/// meanwhile in one each. Out:     false when the connection is of no use any more.
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

asio::awaitable<void> transact_on_lease(std::shared_ptr<Job> job, Removal removal,
                                        std::shared_ptr<const Known> known,
                                        std::shared_ptr<Keys> open) {
  const auto address = removal.node;
  const auto at_once = job->cluster() ? k_transactions_in_a_cluster : k_transactions;
  auto client = co_await job->saver->lease(job->servers, address, at_once);
  if (!client) {
    if (client.error().kind == ErrorKind::server) {
      if (!job->refused) job->refused = client.error();
      job->stop(Reason::backup, client.error().message);
    } else {
      job->say(client.error().message);
    }
    append(*open, std::move(removal.keys));
    co_return;
  }
  const bool fine = co_await transact(job, std::move(removal), *client, known.get(), open.get());
  job->saver->give_back(address, std::move(*client), fine ? Saver::Use::again : Saver::Use::never);
}

/// Saves without a transaction. Out: the values that are in the file now.
asio::awaitable<std::vector<backup::Value>> save_only(std::shared_ptr<Job> job, Removal removal,
                                                      std::shared_ptr<Keys> open) {
  Step step(job, removal, removal.client);
  auto keys = removal.keys;
  auto saved = co_await step.read(std::move(keys), Step::Watch::no);
  std::vector<backup::Value> none;
  if (!saved) {
    append(*open, std::move(removal.keys));
    co_return none;
  }
  append(*open, std::move(saved->open));
  if (saved->refused) {
    stop_unsaved(*job, removal.node, saved->values, *saved->refused);
    if (!job->refused) job->refused = saved->refused;
    co_return none;
  }
  if (saved->values.empty()) co_return none;
  if (auto stored = co_await step.store(saved->values); !stored) {
    stop_unsaved(*job, removal.node, saved->values, stored.error());
    co_return none;
  }
  co_return std::move(saved->values);
}

/// One step of a cluster, exact: the values are saved all at once, and then each slot's transaction
/// only looks whether they are still the same. So there is one fdatasync and not one for each slot.
asio::awaitable<void> save_by_slot(std::shared_ptr<Job> job, Removal removal,
                                   std::shared_ptr<Keys> open) {
  auto values = co_await save_only(job, removal, open);
  auto known = std::make_shared<Known>();
  Keys keys;
  for (auto& value : values) {
    keys.push_back(value.key);
    known->emplace(value.key, std::move(value));
  }
  const std::shared_ptr<const Known> lookup = known;
  redis::TaskGroup tasks(co_await asio::this_coro::executor, k_transactions_in_a_cluster);
  for (auto& group : by_slot(std::move(keys))) {
    Removal one{removal.node, removal.client, std::move(group)};
    co_await tasks.start(transact_on_lease(job, std::move(one), lookup, open));
  }
  co_await tasks.finish();
}

/// Cuts the keys into steps by what MEMORY USAGE says; keys that are too large are entered as
/// failed.
asio::awaitable<std::vector<Keys>> cut_by_size(std::shared_ptr<Job> job, Removal removal) {
  redis::Commands questions;
  for (const auto& key : removal.keys) questions.add({"MEMORY", "USAGE", key});
  const auto sizes = co_await removal.client->pipeline(std::move(questions));
  if (sizes && !sizes->empty() && sizes->front().error() != nullptr)
    job->note_once("rcache: MEMORY USAGE is refused: --backup-max-value cannot be held");
  std::vector<Keys> steps;
  std::int64_t bytes = 0;
  for (std::size_t i = 0; i < removal.keys.size(); ++i) {
    const auto* known = sizes ? (*sizes)[i].get<std::int64_t>() : nullptr;
    // A server that does not tell may hold anything: few at a time.
    const auto size = known != nullptr ? *known : k_step_bytes / 16;
    if (known != nullptr && size > job->options.backup_max_value) {
      job->ledger.failed(
          removal.node, removal.keys[i],
          fmt::format("it is too large to be saved: about {} (--backup-max-value {})",
                      format_bytes(size), format_bytes(job->options.backup_max_value)));
      continue;
    }
    bytes += size;
    if (steps.empty() || steps.back().size() >= k_step_keys || bytes > k_step_bytes) {
      steps.emplace_back();
      bytes = size;
    }
    steps.back().push_back(std::move(removal.keys[i]));
  }
  co_return steps;
}

/// A server that refuses MULTI would carry out what should only be queued.
asio::awaitable<Result<void>> prove_transactions(Client client, redis::Address address) {
  redis::Commands commands;
  commands.add({"MULTI"});
  commands.add({"DISCARD"});
  const auto replies = co_await client->pipeline(std::move(commands));
  if (!replies) co_return fail(replies.error());
  const auto* error = replies->front().error();
  if (error == nullptr) co_return Result<void>();
  co_return fail(ErrorKind::server,
                 fmt::format("{} refuses transactions: {}", redis::to_string(address),
                             redis::own_words(*error)),
                 "--backup-mode fast does without them");
}

}  // namespace

Saver::Saver(std::unique_ptr<backup::Writer> writer, const asio::any_io_executor& executor)
    : writer_(std::move(writer)), synced_(executor), came_back_(executor) {}

asio::awaitable<Result<void>> Saver::durable() {
  const auto wanted = ++asked_;
  while (done_ < wanted && !broken_) {
    if (syncing_) {
      co_await synced_.wait();
      continue;
    }
    syncing_ = true;
    const auto covers = asked_;
    std::function<Result<void>()> sync = [this] { return writer_->sync(); };
    auto written = co_await disk_.run(std::move(sync));
    syncing_ = false;
    if (written) {
      done_ = covers;
    } else {
      broken_ = written.error();
    }
    synced_.notify();
  }
  if (done_ < wanted) co_return fail(*broken_);
  co_return Result<void>();
}

asio::awaitable<Result<Client>> Saver::lease(std::shared_ptr<redis::Deployment> servers,
                                             redis::Address address, std::size_t at_once) {
  auto& pool = pools_[address];
  while (pool.idle.empty() && pool.open >= at_once) co_await came_back_.wait();
  if (!pool.idle.empty()) {
    auto client = std::move(pool.idle.back());
    pool.idle.pop_back();
    co_return client;
  }
  ++pool.open;
  Error gone{ErrorKind::connect, fmt::format("{} is gone", redis::to_string(address))};
  for (const auto& node : std::vector<redis::Node>(servers->nodes())) {
    if (node.address != address) continue;
    auto client = co_await servers->open_another(node);
    if (client) {
      auto proven = co_await prove_transactions(*client, address);
      if (proven) co_return std::move(*client);
      gone = std::move(proven).error();
    } else {
      gone = std::move(client).error();
    }
  }
  --pool.open;
  came_back_.notify();
  co_return fail(std::move(gone));
}

void Saver::give_back(const redis::Address& address, Client client, Use use) {
  auto& pool = pools_[address];
  if (use == Use::again) {
    pool.idle.push_back(std::move(client));
  } else {
    --pool.open;
  }
  came_back_.notify();
}

asio::awaitable<Keys> save_and_remove(std::shared_ptr<Job> job, Removal removal) {
  const auto open = std::make_shared<Keys>();
  auto steps = co_await cut_by_size(job, removal);
  for (auto& keys : steps) {
    if (job->stopped) {
      append(*open, std::move(keys));
      continue;
    }
    Removal step{removal.node, removal.client, std::move(keys)};
    if (job->options.backup_mode == BackupMode::fast || job->options.expires()) {
      const auto values = co_await save_only(job, step, open);
      step.keys = keys_of(values);
      if (step.keys.empty()) continue;
      auto left = co_await remove_now(job, std::move(step));
      append(*open, std::move(left));
    } else if (job->cluster()) {
      co_await save_by_slot(job, std::move(step), open);
    } else {
      co_await transact_on_lease(job, std::move(step), nullptr, open);
    }
  }
  co_return std::move(*open);
}

}  // namespace rcache::invalidate
