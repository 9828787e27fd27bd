#include "commands/invalidate/saving.h"

#include <fmt/format.h>

#include <algorithm>

#include "commands/invalidate/saver.h"
#include "commands/invalidate/transaction.h"
#include "commands/invalidate/value_reader.h"
#include "core/units.h"
#include "redis/task_group.h"

namespace rcache::invalidate {
namespace {

using Client = std::shared_ptr<redis::Client>;

/// What one step holds in memory, as the server estimates it.
constexpr std::int64_t k_step_bytes = std::int64_t{1} << 20U;
constexpr std::size_t k_step_keys = 500;
/// Transactions side by side: one waits for the disk while another one reads. In a cluster each has
/// a slot only.
constexpr std::size_t k_transactions = 3;
constexpr std::size_t k_transactions_in_a_cluster = 8;

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
  ValueReader reader(job, removal, removal.client);
  auto keys = removal.keys;
  auto saved = co_await reader.read(std::move(keys), ValueReader::Watch::no);
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
  if (auto stored = co_await reader.store(saved->values); !stored) {
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

}  // namespace

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
