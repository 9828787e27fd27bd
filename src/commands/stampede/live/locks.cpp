#include "commands/stampede/live/locks.h"

#include "commands/stampede/live/scripts.h"
#include "commands/stampede/live/wire.h"

namespace rcache::stampede::live {
namespace {

using redis::Commands;
using redis::Reply;

/// Who took a lock: no other request of the run has this number.
std::string token_of(const Ask& ask) {
  return digits(static_cast<std::int64_t>(ask.index));
}

/// One EVALSHA, or EVAL when the server does not know the script.
struct Script {
  std::string_view text;
  std::string hash;
};

Commands script_call(std::string_view verb, std::string_view script,
                     const std::vector<std::string>& keys,
                     const std::vector<std::string>& arguments) {
  const auto count = digits(static_cast<std::int64_t>(keys.size()));
  std::vector<std::string_view> words = {verb, script, count};
  words.insert(words.end(), keys.begin(), keys.end());
  words.insert(words.end(), arguments.begin(), arguments.end());
  Commands commands;
  commands.add(std::span<const std::string_view>(words));
  return commands;
}

asio::awaitable<std::optional<Reply>> run_script(RunPtr run, AskPtr ask, Script script,
                                                 std::vector<std::string> keys,
                                                 std::vector<std::string> arguments) {
  if (!script.hash.empty()) {
    auto by_hash = script_call("EVALSHA", script.hash, keys, arguments);
    auto replies = co_await run->send(ask, std::move(by_hash));
    if (!replies) co_return std::nullopt;
    // NOSCRIPT: somebody has flushed the scripts; EVAL teaches it anew.
    if (replies->front().error() == nullptr) co_return std::move(replies->front());
  }
  auto whole = script_call("EVAL", script.text, keys, arguments);
  auto replies = co_await run->send(ask, std::move(whole));
  if (!replies) co_return std::nullopt;
  co_return std::move(replies->front());
}

bool is_one(const Reply& reply) {
  const auto* number = reply.get<std::int64_t>();
  return number != nullptr && *number == 1;
}

/// What the books need to know of a try, whatever the lock is.
void book_try(Run& run, const Ask& ask, bool taken) {
  ++run.ledger().lock_tries;
  if (taken) {
    run.holders()[ask.key] = ask.index;
  } else {
    ++run.ledger().lock_failures;
  }
}

}  // namespace

asio::awaitable<std::optional<bool>> try_lock(RunPtr run, AskPtr ask, Nanos ttl) {
  Commands commands;
  commands.add({"SET", run->names().lock(ask->key), token_of(*ask), "NX", "PX", milliseconds(ttl)});
  const auto replies = co_await run->send(ask, std::move(commands));
  if (!replies) co_return std::nullopt;
  const bool taken = replies->front().get<redis::Status>() != nullptr;
  book_try(*run, *ask, taken);
  co_return taken;
}

asio::awaitable<void> release_in_two_steps(RunPtr run, AskPtr ask) {
  const auto lock = run->names().lock(ask->key);
  Commands look;
  look.add({"GET", lock});
  const auto looked = co_await run->send(ask, std::move(look));
  if (!looked) co_return;
  const auto* token = looked->front().get<std::string>();
  if (token == nullptr || *token != token_of(*ask)) co_return;
  Commands drop;
  drop.add({"DEL", lock});
  const auto dropped = co_await run->send(ask, std::move(drop));
  if (!dropped || !is_one(dropped->front())) co_return;
  // Ours had expired, and somebody had taken it, between the two.
  if (run->holders()[ask->key] != ask->index) ++run->ledger().foreign_releases;
}

asio::awaitable<void> release_by_script(RunPtr run, AskPtr ask) {
  Script script{k_release_script, run->scripts().release};
  std::vector<std::string> keys{run->names().lock(ask->key)};
  std::vector<std::string> arguments{token_of(*ask)};
  co_await run_script(run, ask, std::move(script), std::move(keys), std::move(arguments));
}

asio::awaitable<std::optional<bool>> try_redlock(RunPtr run, AskPtr ask, Nanos ttl) {
  Script script{k_redlock_script, run->scripts().redlock};
  std::vector<std::string> keys{run->names().lock(ask->key)};
  std::vector<std::string> arguments{token_of(*ask), milliseconds(ttl)};
  const auto reply =
      co_await run_script(run, ask, std::move(script), std::move(keys), std::move(arguments));
  if (!reply) co_return std::nullopt;
  const bool taken = is_one(*reply);
  book_try(*run, *ask, taken);
  co_return taken;
}

asio::awaitable<std::optional<LeaseAnswer>> look_for_lease(RunPtr run, AskPtr ask, Nanos interval) {
  Script script{k_lease_get_script, run->scripts().lease_get};
  std::vector<std::string> keys{run->names().value(ask->key), run->names().lock(ask->key)};
  std::vector<std::string> arguments{token_of(*ask), milliseconds(interval)};
  const auto reply =
      co_await run_script(run, ask, std::move(script), std::move(keys), std::move(arguments));
  if (!reply) co_return std::nullopt;
  LeaseAnswer answer;
  answer.there = reply->get<std::string>() != nullptr;
  answer.may_load = !answer.there && is_one(*reply);
  if (!answer.there) book_try(*run, *ask, answer.may_load);
  co_return answer;
}

asio::awaitable<std::optional<bool>> store_with_lease(RunPtr run, AskPtr ask, Nanos delta) {
  const Nanos fresh_for = run->bench().fresh_for(ask->index);
  const Nanos sent = run->now();
  Script script{k_lease_set_script, run->scripts().lease_set};
  std::vector<std::string> keys{run->names().value(ask->key), run->names().lock(ask->key)};
  std::vector<std::string> arguments{token_of(*ask), envelope(delta, sent + fresh_for),
                                     milliseconds(fresh_for)};
  const auto reply =
      co_await run_script(run, ask, std::move(script), std::move(keys), std::move(arguments));
  if (!reply) co_return std::nullopt;
  const bool stored = is_one(*reply);
  if (stored) {
    run->bench().stored(sent, ask->key, fresh_for);
  } else {
    run->bench().refused(ask->key);
  }
  co_return stored;
}

asio::awaitable<Result<ScriptHashes>> load_scripts(std::shared_ptr<redis::Client> client) {
  Commands commands;
  for (const auto text :
       {k_release_script, k_redlock_script, k_lease_get_script, k_lease_set_script})
    commands.add({"SCRIPT", "LOAD", text});
  auto replies = co_await client->pipeline(std::move(commands));
  if (!replies) co_return fail(std::move(replies).error());
  // A server that refuses SCRIPT may still take EVAL.
  const auto hash = [&](std::size_t index) {
    const auto* text = (*replies)[index].get<std::string>();
    return text == nullptr ? std::string() : *text;
  };
  co_return ScriptHashes{hash(0), hash(1), hash(2), hash(3)};
}

}  // namespace rcache::stampede::live
