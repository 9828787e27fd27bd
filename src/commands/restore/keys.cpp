#include "commands/restore/keys.h"

#include <algorithm>

#include "commands/restore/answer.h"
#include "commands/restore/tally.h"
#include "redis/asio.h"

namespace rcache::restore {
namespace {

using redis::Reply;
using Replies = std::vector<Reply>;

struct Letter {
  KeyRecord* record;
  Request request;
};

/// What one server gets of a batch.
struct Parcel {
  redis::Node node;
  std::vector<Letter> letters;
};

/// Whether to look how full a server is after each parcel.
bool watching(const Options& options) {
  return !options.dry_run && !options.allow_evictions;
}

void settle(KeyRecord& record, std::uint64_t& counter) {
  record.settled = true;
  ++counter;
}

void give_up(Run& run, KeyRecord& record, std::string why) {
  record.settled = true;
  add_failure(run.report, {record.offset, record.value.key, std::move(why)});
}

Parcel& parcel_for(std::vector<Parcel>& parcels, const redis::Node& node) {
  const auto found = std::find_if(parcels.begin(), parcels.end(), [&node](const Parcel& each) {
    return each.node.address == node.address;
  });
  if (found != parcels.end()) return *found;
  return parcels.emplace_back(Parcel{node, {}});
}

/// Sorts the batch by server. What needs no server is counted here.
std::vector<Parcel> pack(Run& run) {
  std::vector<Parcel> parcels;
  for (auto& record : run.batch.keys) {
    if (record.settled) continue;
    const auto& value = record.value;
    const auto* owner = run.nodes.owner_of(value.key);
    if (owner == nullptr) {
      give_up(run, record, run.nodes.missing_owner(value.key));
      continue;
    }
    auto request =
        request_for(value, run.options.ttl, run.options.existing(), run.nodes.unix_ms(*owner));
    if (!request) {
      settle(record, run.report.expired);
    } else if (run.options.dry_run && run.options.replace) {
      settle(record, run.report.restored);
    } else {
      parcel_for(parcels, *owner).letters.push_back({&record, std::move(*request)});
    }
  }
  return parcels;
}

std::vector<std::string_view> words_for(const Letter& letter, const Options& options) {
  const auto& value = letter.record->value;
  // EXISTS touches nothing, but each key that is not there counts in keyspace_misses. There is no
  // command that asks without being counted.
  if (options.dry_run) return {"EXISTS", value.key};
  return restore_words(value, letter.request);
}

redis::Commands commands_for(const Parcel& parcel, const Options& options) {
  redis::Commands commands;
  for (const auto& letter : parcel.letters) {
    const auto words = words_for(letter, options);
    commands.add(std::span<const std::string_view>(words));
  }
  if (watching(options)) {
    commands.add({"INFO", "stats"});
    commands.add({"INFO", "memory"});
  }
  return commands;
}

asio::awaitable<Result<Replies>> ask(std::shared_ptr<redis::Client> client,
                                     redis::Commands commands) {
  co_return co_await client->pipeline(std::move(commands));
}

/// A key that was restored; in a dry run, one that was asked for.
void count_done(Run& run, const redis::Node& node, KeyRecord& record, const Reply& reply) {
  const auto* there = reply.get<std::int64_t>();  // EXISTS: 1 or 0
  if (run.options.dry_run && there != nullptr && *there != 0)
    return settle(record, run.report.existing);
  if (run.options.dry_run) run.nodes.state(node).missing_bytes += record.value.dump.size();
  settle(record, run.report.restored);
}

void count(Run& run, const redis::Node& node, const Letter& letter, const Reply& reply) {
  auto& record = *letter.record;
  const auto where = [&node] { return to_string(node.address); };
  switch (answer_of(reply)) {
    case Answer::done:
      return count_done(run, node, record, reply);
    case Answer::existing:
      return settle(record, run.report.existing);
    case Answer::failed:
      return give_up(run, record, words_of(reply));
    case Answer::no_memory:
      return run.halt({"memory", refused_writes(where(), reply)});
    case Answer::no_writes:
    case Answer::elsewhere:  // its owner was asked and waited for, in vain
      return run.halt({"server", refused_writes(where(), reply)});
  }
}

/// RESTORE set a duration, which is off by the time it was on its way. Only where it has answered
/// OK: otherwise this would be the live key's death.
asio::awaitable<Result<void>> set_exact_expiries(Run& run, const Parcel& parcel,
                                                 const std::vector<bool>& restored) {
  redis::Commands commands;
  for (std::size_t i = 0; i < parcel.letters.size(); ++i) {
    const auto& exact = parcel.letters[i].request.exact_unix_ms;
    if (!restored[i] || !exact || *exact <= run.nodes.unix_ms(parcel.node)) continue;
    commands.add({"PEXPIREAT", parcel.letters[i].record->value.key, std::to_string(*exact)});
  }
  if (commands.count() == 0) co_return Result<void>();
  auto replies = co_await parcel.node.client->pipeline(std::move(commands));
  if (!replies) co_return fail(std::move(replies).error());
  co_return Result<void>();
}

/// The last two replies say how full the server is now.
void look_at_memory(Run& run, const Parcel& parcel, const Replies& replies) {
  const auto where = to_string(parcel.node.address);
  auto& state = run.nodes.state(parcel.node);
  const auto now = read_memory(info_in(replies[replies.size() - 2]), info_in(replies.back()));
  if (auto stop = evictions(where, state.at_start, now)) run.halt(std::move(*stop));
  if (!run.full) run.full = nearly_full(where, state.latest, now);
  state.latest = now;
}

/// Counts the replies to one parcel.
asio::awaitable<Result<void>> unpack(Run& run, const Parcel& parcel, Replies replies) {
  Result<void> outcome;
  std::vector<bool> restored_here(parcel.letters.size());
  for (std::size_t i = 0; i < parcel.letters.size(); ++i) {
    const auto& letter = parcel.letters[i];
    if (answer_of(replies[i]) != Answer::elsewhere) {
      restored_here[i] = answer_of(replies[i]) == Answer::done;
      count(run, parcel.node, letter, replies[i]);
      continue;
    }
    if (!outcome || run.stop) continue;
    const auto words = words_for(letter, run.options);
    redis::Args copies(words.begin(), words.end());
    auto reply =
        co_await run.nodes.servers().send_to_owner(letter.record->value.key, std::move(copies));
    if (reply) {
      count(run, parcel.node, letter, *reply);
    } else {
      outcome = fail(std::move(reply).error());
    }
  }
  if (watching(run.options)) look_at_memory(run, parcel, replies);
  auto exact = co_await set_exact_expiries(run, parcel, restored_here);
  co_return outcome ? exact : outcome;
}

}  // namespace

asio::awaitable<Result<void>> send_keys(Run& run) {
  const auto parcels = pack(run);
  std::vector<asio::awaitable<Result<Replies>>> pipelines;
  for (const auto& parcel : parcels)
    pipelines.push_back(ask(parcel.node.client, commands_for(parcel, run.options)));
  auto answers = co_await redis::gather(std::move(pipelines));
  Result<void> outcome;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (!answers[i]) {
      if (outcome) outcome = fail(std::move(answers[i]).error());
      continue;
    }
    auto counted = co_await unpack(run, parcels[i], std::move(*answers[i]));
    if (outcome) outcome = std::move(counted);
  }
  co_return outcome;
}

}  // namespace rcache::restore
