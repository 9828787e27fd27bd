#include "commands/invalidate/tag_sets.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <unordered_map>

#include "commands/invalidate/removal.h"
#include "commands/invalidate/saving.h"
#include "commands/invalidate/sweep.h"
#include "core/key.h"
#include "redis/refusal.h"
#include "redis/scan_reply.h"
#include "redis/server_time.h"

namespace rcache::invalidate {
namespace {

using Keys = std::vector<std::string>;

constexpr int k_rounds = 3;

/// Sends to whoever has the set; an error reply is an error in the server's words.
asio::awaitable<Result<redis::Reply>> ask(std::shared_ptr<Job> job, std::string container,
                                          redis::Args words) {
  auto reply = co_await job->servers->send_to_owner(container, std::move(words));
  if (!reply) co_return fail(std::move(reply).error());
  if (const auto* error = reply->error()) {
    const auto shown = printable(job->ledger.shown(container));
    if (error->code() == "WRONGTYPE") {
      co_return fail(ErrorKind::server, fmt::format("'{}' is not a set", shown),
                     "its key is there, but of another type: see `redis-cli TYPE`");
    }
    co_return fail(ErrorKind::server, fmt::format("'{}': {}", shown, redis::own_words(*error)));
  }
  co_return reply;
}

asio::awaitable<Result<redis::ScanReply>> page_of(std::shared_ptr<Job> job, std::string container,
                                                  std::uint64_t cursor) {
  redis::Args words{"SSCAN", container, std::to_string(cursor), "COUNT",
                    std::to_string(job->pace->count())};
  auto reply = co_await ask(job, std::move(container), std::move(words));
  if (!reply) co_return fail(std::move(reply).error());
  co_return redis::parse_scan_reply(std::move(*reply));
}

/// What one page's members came to.
struct Page {
  Keys gone;               ///< members whose key is not there any more
  std::uint64_t kept = 0;  ///< protected, excluded, or not removable
};

/// Removes the keys of a page, each on its node.
asio::awaitable<Page> remove_members(std::shared_ptr<Job> job, Keys members, bool again) {
  Page page;
  std::map<redis::Address, Removal> by_node;
  std::unordered_map<std::string, std::string> member_of;
  for (auto& member : members) {
    auto key = job->context.key_prefix.on_key(member);
    const auto verdict = job->selection.judge_member(key);
    const auto* owner = owner_of(*job->servers, key);
    if (verdict != Verdict::selected || owner == nullptr) {
      ++page.kept;
      const auto node = owner != nullptr ? owner->address : job->servers->nodes().front().address;
      if (verdict == Verdict::kept) job->ledger.kept(node);
      if (verdict == Verdict::selected)
        job->ledger.failed(node, key, "no reachable node serves its slot");
      continue;
    }
    auto& removal = by_node[owner->address];
    removal.node = owner->address;
    removal.client = owner->client;
    removal.again = again;
    member_of.emplace(key, std::move(member));
    removal.keys.push_back(std::move(key));
  }
  const Ledger::FailureWatch failures(job->ledger);
  for (auto& [address, removal] : by_node) {
    auto open = co_await remove_keys(job, std::move(removal));
    std::move(open.begin(), open.end(), std::back_inserter(job->later));
  }
  co_await settle_later(job);
  for (auto& [key, member] : member_of) {
    // A run that was stopped may have left any of them; a key that only expires needs its tag until
    // then.
    if (job->stopped || job->options.expires() || failures.failed(key)) {
      ++page.kept;
    } else {
      page.gone.push_back(std::move(member));
    }
  }
  co_return page;
}

asio::awaitable<Result<void>> save_members(std::shared_ptr<Job> job, std::string container,
                                           Keys members) {
  redis::Args ttl_words{"PTTL", container};
  auto ttl = co_await ask(job, container, std::move(ttl_words));
  if (!ttl) co_return fail(std::move(ttl).error());
  redis::Args time_words{"TIME"};
  auto time = co_await ask(job, container, std::move(time_words));
  if (!time) co_return fail(std::move(time).error());
  const auto now = redis::read_server_time(*time);
  backup::Members record;
  record.container = container;
  record.members = std::move(members);
  record.saved_unix_ms = now.value_or(0);
  if (const auto* left = ttl->get<std::int64_t>(); left != nullptr && *left >= 0 && now)
    record.expires_unix_ms = *now + *left;
  job->saver->writer().add(record);
  const auto saver = job->saver;
  co_return co_await saver->durable();
}

asio::awaitable<Result<void>> forget_members(std::shared_ptr<Job> job, std::string container,
                                             Keys members) {
  if (job->saver) {
    if (auto saved = co_await save_members(job, container, members); !saved) {
      job->stop(Reason::backup, saved.error().message);
      co_return saved;
    }
  }
  redis::Args words{"SREM", container};
  words.insert(words.end(), members.begin(), members.end());
  auto reply = co_await ask(job, container, std::move(words));
  if (!reply) co_return fail(std::move(reply).error());
  co_return Result<void>();
}

/// A key that was written between its removal and the SREM is live and has no tag now: it goes as
/// well.
asio::awaitable<void> remove_written_anew(std::shared_ptr<Job> job, Keys members) {
  const Ledger::SecondLook second_look(job->ledger);
  co_await remove_members(job, std::move(members), true);
}

/// Works through one set.
/// Out:     how many members are left for a reason; empty when it could not be read to its end.
asio::awaitable<Result<std::uint64_t>> empty_set(std::shared_ptr<Job> job, std::string container) {
  std::uint64_t cursor = 0;
  std::uint64_t kept = 0;
  do {
    check_stop(*job);
    if (job->stopped) co_return kept;
    auto page = co_await page_of(job, container, cursor);
    if (!page) co_return fail(std::move(page).error());
    cursor = page->cursor;
    auto removed = co_await remove_members(job, std::move(page->keys), false);
    kept += removed.kept;
    if (removed.gone.empty()) continue;
    auto again = removed.gone;
    if (auto forgotten = co_await forget_members(job, container, std::move(removed.gone));
        !forgotten)
      co_return fail(std::move(forgotten).error());
    co_await remove_written_anew(job, std::move(again));
  } while (cursor != 0);
  co_return kept;
}

asio::awaitable<Result<std::int64_t>> members_in(std::shared_ptr<Job> job, std::string container) {
  redis::Args words{"SCARD", container};
  auto reply = co_await ask(job, container, std::move(words));
  if (!reply) co_return fail(std::move(reply).error());
  const auto* count = reply->get<std::int64_t>();
  if (count == nullptr) co_return fail(ErrorKind::protocol, "SCARD answered with no number");
  co_return *count;
}

asio::awaitable<bool> sweep_set(std::shared_ptr<Job> job, std::string container, bool* found) {
  std::string trouble;
  for (int round = 0; round < k_rounds; ++round) {
    auto before = co_await members_in(job, container);
    if (before && *before == 0) co_return true;
    *found = true;
    Result<std::uint64_t> kept = std::uint64_t{0};
    if (before) {
      kept = co_await empty_set(job, container);
    } else {
      kept = fail(before.error());
    }
    if (job->stopped) co_return false;
    if (!kept) {
      trouble = kept.error().message;
      if (kept.error().kind == ErrorKind::server) break;  // a WRONGTYPE stays one
      // The connection is gone, and with it what the cursor meant: from the beginning.
      if (auto refreshed = co_await job->servers->refresh(); !refreshed) break;
      continue;
    }
    auto left = co_await members_in(job, container);
    if (!left) {
      trouble = left.error().message;
      continue;
    }
    if (*left == 0 && !job->options.expires()) {
      ++job->ledger.receipt().tags_removed;
      co_return true;
    }
    // What is left is kept, or was added meanwhile: that is a new entry's tag.
    co_return true;
  }
  job->say(trouble);
  co_return false;
}

}  // namespace

std::vector<std::string> containers_of(const Job& job, const std::string& tag) {
  return {job.context.key_prefix.on_key("tag:" + tag),
          job.context.key_prefix.on_key("cachetag:" + tag)};
}

asio::awaitable<bool> sweep_tags(std::shared_ptr<Job> job) {
  bool complete = true;
  for (const auto& tag : job->options.tags) {
    bool found = false;
    for (const auto& container : containers_of(*job, tag)) {
      if (job->stopped) co_return false;
      const bool swept = co_await sweep_set(job, container, &found);
      complete = complete && swept;
    }
    if (!found)
      job->context.output.note(fmt::format(
          "rcache: no set holds the tag '{0}': neither 'tag:{0}' nor 'cachetag:{0}' is there",
          printable(tag)));
  }
  co_return complete;
}

asio::awaitable<TagLook> look_at_tags(
    std::shared_ptr<Job> job,
    std::function<void(const redis::Node&, std::string& key, Verdict verdict)> visit) {
  TagLook look;
  for (const auto& tag : job->options.tags) {
    for (const auto& container : containers_of(*job, tag)) {
      std::uint64_t cursor = 0;
      bool exists = false;
      do {
        check_stop(*job);
        if (job->stopped) {
          look.complete = false;
          co_return look;
        }
        auto page = co_await page_of(job, container, cursor);
        if (!page) {
          job->say(page.error().message);
          look.complete = false;
          break;
        }
        cursor = page->cursor;
        exists = exists || !page->keys.empty();
        for (const auto& member : page->keys) {
          auto key = job->context.key_prefix.on_key(member);
          const auto verdict = job->selection.judge_member(key);
          const auto* owner = owner_of(*job->servers, key);
          if (verdict == Verdict::other) continue;
          ++look.members;
          if (verdict == Verdict::kept) ++look.kept;
          visit(owner != nullptr ? *owner : job->servers->nodes().front(), key, verdict);
        }
      } while (cursor != 0);
      if (exists) look.sets.push_back(job->ledger.shown(container));
    }
  }
  co_return look;
}

}  // namespace rcache::invalidate
