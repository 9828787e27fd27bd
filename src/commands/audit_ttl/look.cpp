#include "commands/audit_ttl/look.h"

#include <fmt/format.h>

#include <map>
#include <random>
#include <set>
#include <utility>

#include "commands/audit_ttl/repair.h"
#include "commands/watched_scan.h"
#include "core/key.h"
#include "core/reservoir.h"
#include "redis/asio.h"
#include "redis/slot.h"
#include "redis/task_group.h"

namespace rcache::audit_ttl {
namespace {

using std::chrono::milliseconds;

constexpr int k_looks = 3;
/// Batches whose TTLs are asked for side by side. Near a server its own connection keeps them in
/// line; far away each lane has one.
constexpr std::size_t k_side_by_side = 128;
constexpr std::size_t k_sizes_together = 100;
constexpr std::size_t k_sample_batch = 500;

struct Sampled {
  redis::Address node;
  std::shared_ptr<redis::Client> client;
  std::string key;
};

/// One look, while it goes on.
struct Looking {
  std::shared_ptr<Audit> audit;
  LookOptions options;
  std::shared_ptr<Look> look;
  Reservoir<Sampled> sample;
  std::map<redis::Address, Batch> sizes_wanted = {};
  bool sizes_allowed = true;
  bool named = false;  ///< the keys were named, and no scan has seen them

  bool is_over() const { return look->ended_early || look->error || audit->interrupted(); }
};

using Self = std::shared_ptr<Looking>;

redis::ScanOptions scan_options(const Self& self) {
  const auto& audit = *self->audit;
  redis::ScanOptions options;
  options.match = audit.choice.patterns().scan_match();
  options.count = static_cast<std::uint32_t>(audit.options.count);
  options.lanes = 0;
  // What changed hands is not walked once more, but all of it looked at anew: see look_at_keys().
  options.max_passes = 1;
  options.patience = milliseconds(0);
  options.pace = audit.pace;
  if (audit.cluster()) options.slots = redis::slots_of(audit.choice.patterns());
  options.meant = [self](std::string_view key) { return self->audit->choice.audited(key); };
  return options;
}

/// Asks for the sizes that were put together for a node.
asio::awaitable<void> weigh(Self self, redis::Address node) {
  auto batch = std::exchange(self->sizes_wanted[node], {});
  if (batch.keys.empty() || !self->sizes_allowed) co_return;
  const auto keys = batch.keys;
  const auto sizes = co_await ask_sizes(self->audit, std::move(batch));
  self->sizes_allowed = self->sizes_allowed && sizes.allowed;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (sizes.bytes[i])
      self->look->tally.enter_memory(self->audit->shown(keys[i]), *sizes.bytes[i]);
  }
}

void want_size(Looking& looking, const Batch& batch, const std::string& key) {
  auto& wanted = looking.sizes_wanted[batch.node];
  wanted.node = batch.node;
  wanted.client = batch.client;
  wanted.keys.push_back(key);
}

/// The TTLs of a batch, and what follows from them.
asio::awaitable<void> examine(Self self, Batch asked) {
  auto& look = *self->look;
  const auto ttls = co_await ask_ttls(self->audit, std::move(asked), &look.unanswered);
  const auto& batch = ttls.batch;
  Batch offenders{batch.node, batch.client, {}};
  for (std::size_t i = 0; i < batch.keys.size(); ++i) {
    if (!ttls.pttl_ms[i]) continue;
    // A scan would not have brought it: it is not gone, it was not there.
    if (self->named && *ttls.pttl_ms[i] == -2) continue;
    const auto& key = batch.keys[i];
    const auto entered =
        look.tally.enter({self->audit->shown(key), *ttls.pttl_ms[i], ttls.at_unix_ms});
    if (entered.ask_memory && self->sizes_allowed) want_size(*self, batch, key);
    if (self->options.repairer != nullptr && entered.offence == Offence::missing)
      offenders.keys.push_back(key);
  }
  if (self->options.enough && look.tally.without_ttl() >= *self->options.enough)
    look.ended_early = true;
  if (!offenders.keys.empty()) co_await self->options.repairer->repair(std::move(offenders));
  if (self->sizes_wanted[batch.node].keys.size() >= k_sizes_together)
    co_await weigh(self, batch.node);
}

/// The keys of a batch that are audited.
Batch chosen(const Audit& audit, redis::KeyBatch batch) {
  Batch chosen{batch.node, std::move(batch.client), std::move(batch.keys)};
  if (!audit.choice.is_everything())
    std::erase_if(chosen.keys, [&](const auto& key) { return !audit.choice.audited(key); });
  return chosen;
}

void draw(Looking& looking, Batch batch) {
  for (auto& key : batch.keys) {
    if (auto* place = looking.sample.offer()) *place = {batch.node, batch.client, std::move(key)};
  }
}

/// What was drawn, by node and in pieces; a key that SCAN brought twice is there once.
std::vector<Batch> drawn_batches(Looking& looking) {
  std::vector<Batch> full;
  std::map<redis::Address, Batch> open;
  std::set<std::string> met;
  std::uint64_t keys = 0;
  for (auto& sampled : looking.sample.take()) {
    if (!met.insert(sampled.key).second) continue;
    ++keys;
    auto& batch = open[sampled.node];
    batch.node = sampled.node;
    batch.client = sampled.client;
    batch.keys.push_back(std::move(sampled.key));
    if (batch.keys.size() == k_sample_batch) full.push_back(std::exchange(batch, {}));
  }
  for (auto& [node, batch] : open)
    if (!batch.keys.empty()) full.push_back(std::move(batch));
  looking.look->sample = Sample{static_cast<std::uint64_t>(*looking.audit->options.sample), keys,
                                looking.sample.offered()};
  return full;
}

/// Takes batch for batch from the scan, and asks while the next ones are on their way.
asio::awaitable<void> read_scan(Self self, redis::Scan& scan, redis::TaskGroup& tasks) {
  const bool sampling = self->audit->options.sample.has_value();
  while (!self->is_over()) {
    auto next = co_await scan.next();
    if (!next) {
      self->look->error = std::move(next).error();
      break;
    }
    if (!next->has_value()) break;
    auto batch = chosen(*self->audit, std::move(**next));
    if (batch.keys.empty()) continue;
    if (sampling) {
      draw(*self, std::move(batch));
    } else {
      co_await tasks.start(examine(self, std::move(batch)));
    }
  }
}

/// The keys that were named, at their owners: no scan is needed for them.
asio::awaitable<void> read_named(Self self, std::vector<std::string> keys,
                                 redis::TaskGroup& tasks) {
  self->named = true;
  auto& look = *self->look;
  look.covered = true;
  std::map<redis::Address, Batch> batches;
  for (const auto& key : keys) {
    if (!self->audit->choice.audited(key)) continue;
    const auto* owner = redis::owner_of(*self->audit->servers, key);
    if (owner == nullptr) {
      look.covered = false;
      look.reasons.push_back(fmt::format("no reachable node serves the slot of '{}'",
                                         printable(self->audit->shown(key))));
      continue;
    }
    Batch empty{owner->address, owner->client, {}};
    batches.try_emplace(owner->address, std::move(empty)).first->second.keys.push_back(key);
  }
  for (auto& [node, batch] : batches) co_await tasks.start(examine(self, std::move(batch)));
  co_await tasks.finish();
}

/// All keys that match, wherever they are.
asio::awaitable<void> read_all(Self self, redis::TaskGroup& tasks) {
  ScanWatch watch;
  watch.verb = "audited";
  watch.keys = [self] { return std::max(self->look->tally.scanned(), self->sample.offered()); };
  watch.is_over = [self] { return self->is_over(); };
  if (self->audit->pace) watch.held_by = [self] { return self->audit->pace->held_by(); };
  WatchedScan watched(self->audit->context, self->audit->servers, scan_options(self),
                      std::move(watch));
  watched.start(co_await asio::this_coro::executor);
  co_await read_scan(self, watched.scan(), tasks);
  co_await tasks.finish();
  watched.scan().stop();
  self->look->covered = watched.scan().coverage().complete;
  self->look->reasons = watched.scan().coverage().reasons;
  self->look->orphans = watched.scan().coverage().foreign_keys;
}

asio::awaitable<std::shared_ptr<Look>> look_once(std::shared_ptr<Audit> audit,
                                                 LookOptions options) {
  const auto& asked = audit->options;
  auto look = std::make_shared<Look>(
      Look{Tally(audit->policy, asked.delimiter, audit->context.clock.unix_milliseconds())});
  const auto self = std::make_shared<Looking>(
      Looking{audit, options, look,
              Reservoir<Sampled>(static_cast<std::size_t>(asked.sample.value_or(0)),
                                 std::random_device{}())});
  redis::TaskGroup tasks(co_await asio::this_coro::executor, k_side_by_side);
  auto named = asked.sample ? std::vector<std::string>() : audit->choice.patterns().plain_keys();
  if (named.empty()) {
    co_await read_all(self, tasks);
  } else {
    co_await read_named(self, std::move(named), tasks);
  }
  if (asked.sample && !self->is_over()) {
    for (auto& batch : drawn_batches(*self)) co_await tasks.start(examine(self, std::move(batch)));
    co_await tasks.finish();
  }
  for (const auto& [node, batch] : std::map<redis::Address, Batch>(self->sizes_wanted))
    co_await weigh(self, node);
  if (options.repairer != nullptr) look->repair = options.repairer->begin_again();
  co_return look;
}

void explain(const Audit& audit, Look& look) {
  if (look.complete()) look.reasons.clear();
  if (look.error) look.reasons.push_back(look.error->message);
  if (audit.interrupted()) look.reasons.emplace_back("interrupted");
  if (look.unanswered.refused > 0) {
    look.reasons.push_back(fmt::format("the TTL of {} keys was refused: {}",
                                       look.unanswered.refused, look.unanswered.why));
  }
  if (look.unanswered.lost > 0) {
    look.reasons.push_back(fmt::format("the connection was lost before the TTL of {} keys was told",
                                       look.unanswered.lost));
  }
}

/// Whether one more look may see more: everything can be reached again.
asio::awaitable<bool> wait_until_whole(std::shared_ptr<Audit> audit) {
  const auto give_up = audit->context.clock.now() + audit->context.patience;
  auto pause = milliseconds(50);
  while (!audit->interrupted()) {
    const auto refreshed = co_await audit->servers->refresh();
    if (refreshed && audit->servers->gaps().empty()) co_return true;
    if (audit->context.clock.now() >= give_up) break;
    const auto slept = co_await audit->context.clock.sleep(pause);
    if (!slept) break;
    pause = std::min(pause * 2, milliseconds(1000));
  }
  co_return false;
}

}  // namespace

asio::awaitable<Result<std::shared_ptr<Look>>> look_at_keys(std::shared_ptr<Audit> audit,
                                                            LookOptions options) {
  std::shared_ptr<Look> best;
  std::uint64_t repaired = 0;
  int looks = 0;
  for (; looks < k_looks; ++looks) {
    if (looks > 0) {
      const bool whole = co_await wait_until_whole(audit);
      if (!whole) break;
    }
    auto look = co_await look_once(audit, options);
    explain(*audit, *look);
    if (look->error && look->tally.scanned() == 0 && best == nullptr)
      co_return fail(std::move(*look->error));
    if (look->repair) repaired += look->repair->repaired;
    if (best == nullptr || look->complete() || look->tally.scanned() > best->tally.scanned())
      best = look;
    const bool changed_hands = !look->covered || look->unanswered.lost > 0;
    if (look->complete() || look->error || audit->interrupted() || !changed_hands) break;
  }
  if (looks == k_looks) {
    best->reasons.push_back(
        fmt::format("the servers changed in each of {} looks: this is the fullest", k_looks));
  }
  if (best->orphans > 0) {
    audit->note(
        fmt::format("{} keys lie on nodes that do not own their slot: no client can read "
                    "them, and they were left out",
                    best->orphans));
  }
  if (best->repair && repaired > best->repair->repaired) {
    audit->note(fmt::format("{} more keys were given a TTL by looks that could not see everything",
                            repaired - best->repair->repaired));
  }
  co_return best;
}

}  // namespace rcache::audit_ttl
