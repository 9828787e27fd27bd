#include "commands/invalidate/tag_sets.h"

#include <fmt/format.h>

#include "commands/invalidate/sweep.h"
#include "commands/invalidate/tag_members.h"
#include "commands/tag_naming.h"
#include "core/key.h"
#include "redis/node_view.h"
#include "redis/slot.h"

namespace rcache::invalidate {
namespace {

constexpr int k_rounds = 3;

/// Reads one set from its first to its last cursor, and removes what it names.
asio::awaitable<Result<void>> empty_set(std::shared_ptr<Job> job, TagContainer container) {
  // A protected set keeps its members; keys that only expire need their tag until then.
  const bool forgets =
      !job->options.expires() && job->selection.judge_member(container.key) != Verdict::kept;
  std::uint64_t cursor = 0;
  do {
    check_stop(*job);
    if (job->stopped) break;
    auto page = co_await page_of(job, container.key, cursor);
    if (!page) co_return fail(std::move(page).error());
    cursor = page->cursor;
    auto removed = co_await remove_members(job, container, std::move(page->members));
    if (removed.gone.empty() || !forgets) continue;
    auto forgotten = co_await forget_for_good(job, container, std::move(removed.gone));
    if (!forgotten) co_return fail(std::move(forgotten).error());
  } while (cursor != 0);
  co_return Result<void>();
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
asio::awaitable<Result<bool>> sweep_set_once(std::shared_ptr<Job> job, TagContainer container) {
  auto before = co_await view_of_owner(job, container.key);
  if (!before) co_return fail(std::move(before).error());
  auto emptied = co_await empty_set(job, container);
  if (!emptied) co_return fail(std::move(emptied).error());
  auto after = co_await view_of_owner(job, container.key);
  if (!after) co_return fail(std::move(after).error());
  co_return steady(*job, container.key, *before, *after);
}

/// All of one set.
/// Out:     false when it could not be proven; why stands in the receipt.
asio::awaitable<bool> sweep_set(std::shared_ptr<Job> job, TagContainer container, bool* found) {
  std::string trouble = fmt::format("'{}' changed its server while it was read",
                                    printable(job->ledger.shown(container.key)));
  std::optional<Ledger::SecondLook> later_round;
  for (int round = 0; round < k_rounds && !job->stopped; ++round) {
    auto members = co_await members_in(job, container.key);
    if (members && *members == 0) co_return true;
    *found = true;
    auto proven = members ? Result<bool>(false) : Result<bool>(fail(members.error()));
    if (members) proven = co_await sweep_set_once(job, container);
    if (job->stopped) co_return false;
    if (proven && *proven) {
      // What is left was kept, could not be removed, or was added meanwhile: that is a new entry's
      // tag.
      auto left = co_await members_in(job, container.key);
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

/// Shows the keys of one container's members. Out: false when not all could be seen.
asio::awaitable<bool> look_at_container(std::shared_ptr<Job> job, TagContainer container,
                                        TagVisitor visit, TagLook* look) {
  std::uint64_t cursor = 0;
  bool exists = false;
  do {
    check_stop(*job);
    if (job->stopped) co_return false;
    auto page = co_await page_of(job, container.key, cursor);
    if (!page) {
      job->say(page.error().message);
      co_return false;
    }
    cursor = page->cursor;
    exists = exists || !page->members.empty();
    for (const auto& member : page->members) {
      auto key = job->naming.key_of(container.name, member.name);
      const auto verdict = job->selection.judge_member(key);
      const auto* owner = redis::owner_of(*job->servers, key);
      if (verdict == Verdict::other) continue;
      ++look->members;
      if (verdict == Verdict::kept) ++look->kept;
      visit(owner != nullptr ? *owner : job->servers->nodes().front(), key, verdict);
    }
  } while (cursor != 0);
  if (exists) look->sets.push_back(job->ledger.shown(container.key));
  co_return true;
}

}  // namespace

asio::awaitable<bool> sweep_tags(std::shared_ptr<Job> job) {
  bool complete = true;
  for (const auto& tag : job->options.tags) {
    bool found = false;
    auto containers = co_await containers_of(job, tag);
    if (!containers) {
      job->say(containers.error().message);
      co_return false;
    }
    complete = complete && containers->complete;
    for (const auto& container : containers->containers) {
      if (job->stopped) co_return false;
      const bool swept = co_await sweep_set(job, container, &found);
      complete = complete && swept;
    }
    if (found || job->stopped) continue;
    job->context.output.note(fmt::format("rcache: no {} holds the tag '{}': looked for {}",
                                         to_string(job->naming.layout().type), printable(tag),
                                         shown_containers(job->naming)));
  }
  co_return complete;
}

asio::awaitable<TagLook> look_at_tags(std::shared_ptr<Job> job, TagVisitor visit) {
  TagLook look;
  for (const auto& tag : job->options.tags) {
    auto containers = co_await containers_of(job, tag);
    if (!containers) job->say(containers.error().message);
    look.complete = look.complete && containers && containers->complete;
    if (!containers) continue;
    for (const auto& container : containers->containers) {
      const bool seen = co_await look_at_container(job, container, visit, &look);
      look.complete = look.complete && seen;
      if (job->stopped) co_return look;
    }
  }
  co_return look;
}

}  // namespace rcache::invalidate
