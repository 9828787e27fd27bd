#include "commands/invalidate/tag_sets.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <unordered_map>

#include "commands/invalidate/removal.h"
#include "commands/invalidate/saver.h"
#include "commands/invalidate/sweep.h"
#include "core/key.h"
#include "redis/expiry.h"
#include "redis/node_view.h"
#include "redis/refusal.h"
#include "redis/scan_reply.h"
#include "redis/server_time.h"
#include "redis/slot.h"

namespace rcache::invalidate {
namespace {

constexpr int k_rounds = 3;

/// The key that a member names. Applications store it without the key prefix; where one has it
/// already, it is the whole name: with the prefix twice nothing would be found, and the member
/// taken for dead.
std::string key_of(const Job& job, const std::string& member) {
  const auto& prefix = job.context.key_prefix;
  return !prefix.empty() && prefix.off(member) ? member : prefix.on_key(member);
}

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
  Keys gone;    ///< members whose key is not there any more
  Keys failed;  ///< members whose key could not be removed
};

/// Removes the keys of a page, each on its node. Protected and excluded ones stay, and their
/// members too.
asio::awaitable<Page> remove_members(std::shared_ptr<Job> job, Keys members) {
  Page page;
  std::map<redis::Address, Removal> by_node;
  std::unordered_map<std::string, std::string> member_of;
  const Ledger::FailureWatch failures(job->ledger);
  for (auto& member : members) {
    auto key = key_of(*job, member);
    const auto verdict = job->selection.judge_member(key);
    if (verdict == Verdict::other) continue;
    const auto* owner = redis::owner_of(*job->servers, key);
    const auto node = owner != nullptr ? owner->address : job->servers->nodes().front().address;
    if (verdict == Verdict::kept) {
      job->ledger.kept(node, key);
      continue;
    }
    if (owner == nullptr) {
      job->ledger.failed(node, key, "no reachable node serves its slot");
      page.failed.push_back(std::move(member));
      continue;
    }
    auto& removal = by_node[node];
    removal.node = node;
    removal.client = owner->client;
    member_of.emplace(key, std::move(member));
    removal.keys.push_back(std::move(key));
  }
  for (auto& [address, removal] : by_node) {
    auto open = co_await remove_keys(job, std::move(removal));
    job->later.insert(open.begin(), open.end());
  }
  co_await settle_later(job);
  for (auto& [key, member] : member_of) {
    // A run that was stopped may have left any of them.
    const bool open = job->stopped.has_value();
    (open || failures.failed(key) ? page.failed : page.gone).push_back(std::move(member));
  }
  co_return page;
}

asio::awaitable<Result<void>> save_members(std::shared_ptr<Job> job, std::string container,
                                           Keys members) {
  const auto* owner = redis::owner_of(*job->servers, container);
  const auto command =
      owner != nullptr ? redis::expiry_command_of(owner->identity) : redis::ExpiryCommand::pttl;
  redis::Args expiry_words{std::string(redis::to_string(command)), container};
  auto expiry = co_await ask(job, container, std::move(expiry_words));
  if (!expiry) co_return fail(std::move(expiry).error());
  redis::Args time_words{"TIME"};
  auto time = co_await ask(job, container, std::move(time_words));
  if (!time) co_return fail(std::move(time).error());
  const auto now = redis::read_server_time(*time);
  const auto expires = redis::read_expiry(*expiry, command, now);
  if (!expires) co_return fail(expires.error());
  backup::Members record;
  record.container = container;
  record.members = std::move(members);
  record.saved_unix_ms = now.value_or(0);
  record.expires_unix_ms = *expires;
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
/// well, or, when it cannot, gets its tag back.
asio::awaitable<Result<void>> remove_written_anew(std::shared_ptr<Job> job, std::string container,
                                                  Keys members) {
  const Ledger::SecondLook second_look(job->ledger);
  auto page = co_await remove_members(job, std::move(members));
  if (page.failed.empty()) co_return Result<void>();
  redis::Args words{"SADD", container};
  words.insert(words.end(), page.failed.begin(), page.failed.end());
  auto reply = co_await ask(job, container, std::move(words));
  if (!reply) co_return fail(std::move(reply).error());
  co_return Result<void>();
}

/// Takes members out of the set, and looks once more for their keys.
asio::awaitable<Result<void>> forget_for_good(std::shared_ptr<Job> job, std::string container,
                                              Keys members) {
  auto again = members;
  auto forgotten = co_await forget_members(job, container, std::move(members));
  if (!forgotten) co_return forgotten;
  co_return co_await remove_written_anew(job, std::move(container), std::move(again));
}

/// Reads one set from its first to its last cursor, and removes what it names.
asio::awaitable<Result<void>> empty_set(std::shared_ptr<Job> job, std::string container) {
  // A protected set keeps its members; keys that only expire need their tag until then.
  const bool forgets =
      !job->options.expires() && job->selection.judge_member(container) != Verdict::kept;
  std::uint64_t cursor = 0;
  do {
    check_stop(*job);
    if (job->stopped) break;
    auto page = co_await page_of(job, container, cursor);
    if (!page) co_return fail(std::move(page).error());
    cursor = page->cursor;
    auto removed = co_await remove_members(job, std::move(page->keys));
    if (removed.gone.empty() || !forgets) continue;
    auto forgotten = co_await forget_for_good(job, container, std::move(removed.gone));
    if (!forgotten) co_return fail(std::move(forgotten).error());
  } while (cursor != 0);
  co_return Result<void>();
}

asio::awaitable<Result<std::int64_t>> members_in(std::shared_ptr<Job> job, std::string container) {
  redis::Args words{"SCARD", container};
  auto reply = co_await ask(job, container, std::move(words));
  if (!reply) co_return fail(std::move(reply).error());
  const auto* count = reply->get<std::int64_t>();
  if (count == nullptr) co_return fail(ErrorKind::protocol, "SCARD answered with no number");
  co_return *count;
}

/// The word of the node that has the set, for the proof that one process served it all the time.
asio::awaitable<Result<redis::NodeView>> view_of_owner(std::shared_ptr<Job> job,
                                                       std::string container) {
  const auto* owner = redis::owner_of(*job->servers, container);
  if (owner == nullptr) {
    co_return fail(ErrorKind::connect, fmt::format("no reachable node serves '{}'",
                                                   printable(job->ledger.shown(container))));
  }
  const redis::Node node = *owner;
  co_return co_await redis::ask_view(node, job->servers->mode());
}

bool steady(const Job& job, const std::string& container, const redis::NodeView& before,
            const redis::NodeView& after) {
  if (!job.cluster()) return redis::same_process(before, after);
  return redis::unchanged_slots(before, after)[redis::key_slot(container)];
}

/// One round. Out: true when every member that was there all the time has been seen.
asio::awaitable<Result<bool>> sweep_set_once(std::shared_ptr<Job> job, std::string container) {
  auto before = co_await view_of_owner(job, container);
  if (!before) co_return fail(std::move(before).error());
  auto emptied = co_await empty_set(job, container);
  if (!emptied) co_return fail(std::move(emptied).error());
  auto after = co_await view_of_owner(job, container);
  if (!after) co_return fail(std::move(after).error());
  co_return steady(*job, container, *before, *after);
}

/// All of one set.
/// Out:     false when it could not be proven; why stands in the receipt.
asio::awaitable<bool> sweep_set(std::shared_ptr<Job> job, std::string container, bool* found) {
  std::string trouble = fmt::format("'{}' changed its server while it was read",
                                    printable(job->ledger.shown(container)));
  std::optional<Ledger::SecondLook> later_round;
  for (int round = 0; round < k_rounds && !job->stopped; ++round) {
    auto members = co_await members_in(job, container);
    if (members && *members == 0) co_return true;
    *found = true;
    auto proven = members ? Result<bool>(false) : Result<bool>(fail(members.error()));
    if (members) proven = co_await sweep_set_once(job, container);
    if (job->stopped) co_return false;
    if (proven && *proven) {
      // What is left was kept, could not be removed, or was added meanwhile: that is a new entry's
      // tag.
      auto left = co_await members_in(job, container);
      if (left && *left == 0) ++job->ledger.receipt().tags_removed;
      co_return true;
    }
    if (!proven) trouble = proven.error().message;
    if (!proven && proven.error().kind == ErrorKind::server) break;  // a WRONGTYPE stays one
    // A cursor is worth nothing to another process: from the beginning. What was entered stays
    // entered.
    later_round.emplace(job->ledger);
    if (auto refreshed = co_await job->servers->refresh(); !refreshed) break;
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
          auto key = key_of(*job, member);
          const auto verdict = job->selection.judge_member(key);
          const auto* owner = redis::owner_of(*job->servers, key);
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
