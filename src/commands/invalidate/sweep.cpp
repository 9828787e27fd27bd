#include "commands/invalidate/sweep.h"

#include <fmt/format.h>

#include <algorithm>

#include "commands/invalidate/batches.h"
#include "commands/invalidate/plain_keys.h"
#include "commands/invalidate/removal.h"
#include "commands/watched_scan.h"
#include "redis/asio.h"
#include "redis/task_group.h"

namespace rcache::invalidate {
namespace {

using std::chrono::milliseconds;

/// Removals side by side. Near a server its own connection keeps them in line; far away each lane
/// has one.
constexpr std::size_t k_side_by_side = 128;
/// With a backup each holds its values in memory.
constexpr std::size_t k_side_by_side_saving = 3;
constexpr std::size_t k_keys_to_save_together = 500;
constexpr std::size_t k_later_at_once = 20'000;

redis::ScanOptions scan_options(const Job& job) {
  redis::ScanOptions options;
  options.match = job.selection.scan_match();
  options.type = job.options.type;
  options.lanes = 0;
  options.pace = job.pace;
  options.patience = job.context.patience;
  if (job.cluster()) options.slots = job.selection.slots();
  options.meant = [&selection = job.selection](std::string_view key) {
    return selection.judge(key) == Verdict::selected;
  };
  return options;
}

ScanWatch watch_of(const std::shared_ptr<Job>& job, std::string_view verb,
                   std::function<std::uint64_t()> keys) {
  ScanWatch watch;
  watch.verb = verb;
  watch.keys = std::move(keys);
  watch.is_over = [job] {
    check_stop(*job);
    return job->stopped.has_value();
  };
  watch.held_by = [job] { return job->pace->held_by(); };
  return watch;
}

asio::awaitable<void> remove_and_note(std::shared_ptr<Job> job, Removal removal,
                                      std::shared_ptr<UnderWay> under_way) {
  auto keys = removal.keys;
  auto open = co_await remove_keys(job, std::move(removal));
  // A key that an earlier pass left for later may have gone now.
  if (!job->later.empty())
    for (const auto& key : keys) job->later.erase(key);
  under_way->leave(std::move(keys));
  job->later.insert(open.begin(), open.end());
}

/// Keys that were written since they were counted must not take the run over --max-keys.
void cap(Job& job, Removal& removal) {
  job.keys_chosen += removal.keys.size();
  if (!job.options.max_keys) return;
  const auto most = static_cast<std::uint64_t>(*job.options.max_keys);
  if (job.keys_chosen <= most) return;
  removal.keys.resize(removal.keys.size() - std::min(removal.keys.size(), job.keys_chosen - most));
  job.stop(Reason::max_keys);
}

Removal judged(Job& job, redis::KeyBatch batch, UnderWay& under_way) {
  Removal removal{batch.node, batch.client, {}};
  under_way.next_batch();
  for (auto& key : batch.keys) {
    const auto verdict = job.selection.judge(key);
    if (verdict == Verdict::kept) job.ledger.kept(batch.node, key);
    if (verdict == Verdict::selected && under_way.enter(key))
      removal.keys.push_back(std::move(key));
  }
  cap(job, removal);
  return removal;
}

std::size_t lanes_of(const redis::Scan& scan) {
  std::size_t lanes = 0;
  for (const auto& walk : scan.progress()) lanes += walk.lanes;
  return lanes;
}

Sweep conclude(Job& job, const redis::Scan& scan) {
  Sweep result;
  result.coverage = scan.coverage();
  result.orphans = result.coverage.foreign_keys;
  for (const auto& walk : scan.progress()) {
    result.scanned += walk.looked_at;
    job.ledger.node_scanned(walk.node, walk.looked_at);
    if (!walk.failure.empty() && !result.coverage.complete)
      job.ledger.node_error(walk.node, walk.failure);
  }
  return result;
}

}  // namespace

asio::awaitable<Result<Sweep>> sweep(std::shared_ptr<Job> job) {
  if (auto keys = plain_keys(*job); !keys.empty())
    co_return co_await remove_plain_keys(job, std::move(keys));
  const auto executor = co_await asio::this_coro::executor;
  const bool saving = job->saver != nullptr;
  auto watch = watch_of(job, job->options.expires() ? "expiring" : "removed", [job] {
    const auto& receipt = job->ledger.receipt();
    return receipt.removed + receipt.expiring;
  });
  WatchedScan watched(job->context, job->servers, scan_options(*job), std::move(watch));
  watched.start(executor);
  redis::TaskGroup removals(executor, saving ? k_side_by_side_saving : k_side_by_side);
  // A rate wants its own, smaller steps.
  const auto together = job->options.rate ? job->pace->count() : k_keys_to_save_together;
  Gathering gathering(saving ? std::min<std::size_t>(together, k_keys_to_save_together) : 1);
  const auto under_way = std::make_shared<UnderWay>();
  std::optional<Error> broken;
  int pass = 0;
  while (!job->stopped) {
    auto batch = co_await watched.scan().next();
    if (!batch) {
      broken = std::move(batch).error();
      break;
    }
    if (!batch->has_value() || job->stopped) break;
    if ((**batch).pass != pass) {
      pass = (**batch).pass;
      under_way->expect_lanes(lanes_of(watched.scan()));
      for (auto& removal : gathering.rest())
        co_await removals.start(remove_and_note(job, std::move(removal), under_way));
      co_await removals.finish();
      under_way->clear();
    }
    auto removal = judged(*job, std::move(**batch), *under_way);
    if (removal.keys.empty()) continue;
    if (auto ready = gathering.add(std::move(removal)))
      co_await removals.start(remove_and_note(job, std::move(*ready), under_way));
    if (job->later.size() > k_later_at_once) {
      co_await removals.finish();
      co_await settle_later(job);
    }
  }
  for (auto& removal : gathering.rest()) {
    if (job->stopped) break;
    co_await removals.start(remove_and_note(job, std::move(removal), under_way));
  }
  co_await removals.finish();
  watched.scan().stop();
  const auto result = conclude(*job, watched.scan());
  if (broken) co_return fail(std::move(*broken));
  co_return result;
}

asio::awaitable<Result<Sweep>> look_over(std::shared_ptr<Job> job, Visitor visit) {
  if (auto keys = plain_keys(*job); !keys.empty())
    co_return co_await look_at_plain_keys(job, std::move(keys), std::move(visit));
  const auto matched = std::make_shared<std::uint64_t>(0);
  auto watch = watch_of(job, "matched", [matched] { return *matched; });
  WatchedScan watched(job->context, job->servers, scan_options(*job), std::move(watch));
  watched.start(co_await asio::this_coro::executor);
  while (!job->stopped) {
    auto batch = co_await watched.scan().next();
    if (!batch) co_return fail(std::move(batch).error());
    if (!batch->has_value()) break;
    for (auto& key : (*batch)->keys) {
      const auto verdict = job->selection.judge(key);
      if (verdict == Verdict::other) continue;
      ++*matched;
      visit(**batch, key, verdict);
    }
  }
  watched.scan().stop();
  co_return conclude(*job, watched.scan());
}

}  // namespace rcache::invalidate
