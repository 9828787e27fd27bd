#include "commands/stampede/advise/keyspace.h"

#include <fmt/format.h>

#include <algorithm>

#include "commands/prefix_hint.h"
#include "commands/watched_scan.h"
#include "core/glob_list.h"
#include "redis/asio.h"
#include "redis/key_ttls.h"
#include "redis/slot.h"
#include "redis/task_group.h"

namespace rcache::stampede {
namespace {

constexpr std::size_t k_side_by_side = 128;

/// A look, while it goes on.
struct Looking {
  Context& context;
  std::shared_ptr<redis::Deployment> servers;
  GlobList globs;
  TtlTally tally;
  Keyspace found = {};
  std::uint64_t refused = 0;
  std::uint64_t lost = 0;
  std::string why = {};
};

using Self = std::shared_ptr<Looking>;

asio::awaitable<void> examine(Self self, redis::KeyBatch batch) {
  const auto ttls = co_await redis::ask_key_ttls(self->servers, batch.client, batch.keys);
  self->found.lookups += ttls.lookups;
  self->refused += ttls.refused;
  self->lost += ttls.lost;
  if (self->why.empty()) self->why = ttls.why;
  const auto at = ttls.at_unix_ms.value_or(self->context.clock.unix_milliseconds());
  for (std::size_t index = 0; index < batch.keys.size(); ++index) {
    if (!ttls.pttl_ms[index]) continue;
    const auto& key = batch.keys[index];
    self->tally.enter(self->context.key_prefix.off(key).value_or(key), *ttls.pttl_ms[index], at);
  }
}

redis::ScanOptions scan_options(const Self& self) {
  redis::ScanOptions options;
  options.match = self->globs.scan_match();
  options.lanes = 0;
  options.meant = [self](std::string_view key) { return self->globs.matches(key); };
  if (self->servers->mode() == redis::Mode::cluster) options.slots = redis::slots_of(self->globs);
  return options;
}

void explain(const Self& self, const redis::Coverage& coverage) {
  auto& reasons = self->found.reasons;
  if (!coverage.complete) reasons = coverage.reasons;
  if (!coverage.complete && reasons.empty()) reasons.emplace_back("not every key was seen");
  if (self->refused > 0)
    reasons.push_back(fmt::format("the TTL of {} keys was refused: {}", self->refused, self->why));
  if (self->lost > 0)
    reasons.push_back(
        fmt::format("the connection was lost before the TTL of {} keys was told", self->lost));
}

}  // namespace

void TtlTally::Group::merge(const Group& other) {
  with_ttl += other.with_ttl;
  without_ttl += other.without_ttl;
  written += other.written;
  longest_ms = std::max(longest_ms, other.longest_ms);
  reads.all += other.reads.all;
  reads.hottest = std::max(reads.hottest, other.reads.hottest);
  if (!seconds) {
    seconds = other.seconds;
  } else if (other.seconds) {
    seconds->merge(*other.seconds);
  }
}

void TtlTally::enter(std::string_view key, std::int64_t pttl_ms, std::int64_t at_unix_ms) {
  constexpr std::int64_t k_without = -1;
  if (pttl_ms < k_without) return;  // gone since
  ++seen_;
  groups_.add(key, [&](Group& group) {
    if (pttl_ms == k_without) {
      ++group.without_ttl;
      return;
    }
    ++group.with_ttl;
    group.longest_ms = std::max(group.longest_ms, pttl_ms);
    if (!group.seconds) group.seconds.emplace(start_ms_);
    group.seconds->add(at_unix_ms + pttl_ms);
  });
}

void TtlTally::enter(const KeyTraffic& heard, std::string_view key) {
  groups_.add(key, [&](Group& group) {
    group.reads.all += heard.reads;
    group.reads.hottest = std::max(group.reads.hottest, heard.reads);
    if (heard.ttl_ms == 0) return;
    ++group.written;
    group.longest_ms = std::max(group.longest_ms, heard.ttl_ms);
  });
}

std::vector<PatternTtls> TtlTally::patterns() const {
  std::vector<PatternTtls> out;
  for (const auto& [pattern, group] : groups_.groups()) {
    PatternTtls ttls;
    ttls.pattern = pattern;
    ttls.keys = std::max(group.with_ttl, group.written);
    ttls.without_ttl = group.without_ttl;
    ttls.longest = group.longest_ms * k_millisecond;
    ttls.reads = group.reads;
    if (group.seconds) ttls.cliffs = group.seconds->cliffs(pattern);
    sort_cliffs(ttls.cliffs);
    out.push_back(std::move(ttls));
  }
  return out;
}

asio::awaitable<Result<Keyspace>> read_keyspace(Context& context, std::string match,
                                                const Traffic* traffic) {
  const std::vector<std::string> typed{match};
  auto globs = GlobList::parse(typed, "--match", context.key_prefix);
  if (!globs) co_return fail(std::move(globs).error());
  for (const auto& doubt : globs->doubts()) context.output.note(doubt);
  auto servers = co_await context.connect();
  if (!servers) co_return fail(std::move(servers).error());
  TtlTally tally(context.clock.unix_milliseconds());
  const auto self = std::make_shared<Looking>(
      Looking{context, std::move(*servers), std::move(*globs), std::move(tally)});
  ScanWatch watch;
  watch.verb = "seen";
  watch.keys = [self] { return self->tally.seen(); };
  watch.is_over = [self] { return self->context.interrupt.requested(); };
  const auto executor = co_await asio::this_coro::executor;
  redis::TaskGroup tasks(executor, k_side_by_side);
  std::optional<Error> error;
  {
    WatchedScan watched(context, self->servers, scan_options(self), std::move(watch));
    watched.start(executor);
    while (!context.interrupt.requested()) {
      auto next = co_await watched.scan().next();
      if (!next) {
        error = std::move(next).error();
        break;
      }
      if (!next->has_value()) break;
      auto batch = std::move(**next);
      std::erase_if(batch.keys, [&](const auto& key) { return !self->globs.matches(key); });
      if (!batch.keys.empty()) co_await tasks.start(examine(self, std::move(batch)));
    }
    co_await tasks.finish();
    watched.scan().stop();
    explain(self, watched.scan().coverage());
  }
  if (context.interrupt.requested()) co_return fail(ErrorKind::interrupted, "interrupted");
  if (error) co_return fail(std::move(*error));
  if (traffic != nullptr) {
    for (const auto& heard : traffic->keys)
      self->tally.enter(heard, context.key_prefix.off(heard.key).value_or(heard.key));
  }
  self->found.patterns = self->tally.patterns();
  if (self->found.patterns.empty()) {
    redis::ScanOptions pace;
    auto patterns = typed;
    co_await hint_at_prefix(context, self->servers, std::move(patterns), std::move(pace));
  }
  co_return std::move(self->found);
}

}  // namespace rcache::stampede
