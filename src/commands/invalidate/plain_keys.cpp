#include "commands/invalidate/plain_keys.h"

#include <fmt/format.h>

#include <map>

#include "commands/invalidate/removal.h"
#include "core/key.h"
#include "redis/refusal.h"
#include "redis/slot.h"

namespace rcache::invalidate {
namespace {

Sweep covered() {
  Sweep sweep;
  sweep.coverage.complete = true;
  sweep.coverage.passes = 1;
  return sweep;
}

void not_served(Job& job, const std::string& key, Sweep& sweep) {
  sweep.coverage.complete = false;
  sweep.coverage.reasons.push_back(
      fmt::format("no reachable node serves the slot of '{}'", printable(job.ledger.shown(key))));
}

}  // namespace

std::vector<std::string> plain_keys(const Job& job) {
  if (!job.options.type.empty()) return {};
  return job.selection.plain_keys();
}

asio::awaitable<Result<Sweep>> remove_plain_keys(std::shared_ptr<Job> job,
                                                 std::vector<std::string> keys) {
  Sweep sweep = covered();
  std::map<redis::Address, Removal> by_node;
  for (auto& key : keys) {
    const auto verdict = job->selection.judge(key);
    const auto* owner = redis::owner_of(*job->servers, key);
    if (verdict == Verdict::other) continue;
    if (owner == nullptr) {
      not_served(*job, key, sweep);
      continue;
    }
    if (verdict == Verdict::kept) {
      job->ledger.kept(owner->address, key);
      continue;
    }
    auto& removal = by_node[owner->address];
    removal.node = owner->address;
    removal.client = owner->client;
    removal.keys.push_back(std::move(key));
  }
  const Ledger::SecondLook only_what_is_there(job->ledger);
  for (auto& [address, removal] : by_node) {
    auto open = co_await remove_keys(job, std::move(removal));
    job->later.insert(open.begin(), open.end());
  }
  co_await settle_later(job);
  co_return sweep;
}

asio::awaitable<Result<Sweep>> look_at_plain_keys(std::shared_ptr<Job> job,
                                                  std::vector<std::string> keys, Visitor visit) {
  Sweep sweep = covered();
  for (auto& key : keys) {
    const auto verdict = job->selection.judge(key);
    const auto* owner = redis::owner_of(*job->servers, key);
    if (verdict == Verdict::other) continue;
    if (owner == nullptr) {
      not_served(*job, key, sweep);
      continue;
    }
    const redis::KeyBatch batch{owner->address, owner->client, {}, 1};
    redis::Args words{"TYPE", key};
    const auto type = co_await job->servers->send_to_owner(key, std::move(words));
    if (!type) co_return fail(type.error());
    if (const auto* error = type->error())
      co_return fail(redis::refusal(redis::to_string(batch.node), *error));
    const auto* name = type->get<redis::Status>();
    if (name != nullptr && name->text != "none") visit(batch, key, verdict);
  }
  co_return sweep;
}

}  // namespace rcache::invalidate
