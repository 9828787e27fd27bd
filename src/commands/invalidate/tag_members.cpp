#include "commands/invalidate/tag_members.h"

#include <map>
#include <unordered_map>

#include "commands/invalidate/removal.h"
#include "commands/invalidate/saver.h"
#include "redis/expiry.h"
#include "redis/server_time.h"
#include "redis/slot.h"

namespace rcache::invalidate {
namespace {

asio::awaitable<Result<void>> save_members(std::shared_ptr<Job> job, std::string container,
                                           TagMembers members) {
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
  record.type = job->naming.layout().type;
  for (auto& member : members) {
    record.members.push_back(std::move(member.name));
    if (record.type != ContainerType::set) record.values.push_back(std::move(member.value));
  }
  record.saved_unix_ms = now.value_or(0);
  record.expires_unix_ms = *expires;
  job->saver->writer().add(record);
  const auto saver = job->saver;
  co_return co_await saver->durable();
}

asio::awaitable<Result<void>> forget_members(std::shared_ptr<Job> job, std::string container,
                                             TagMembers members) {
  if (job->saver) {
    if (auto saved = co_await save_members(job, container, members); !saved) {
      job->stop(Reason::backup, saved.error().message);
      co_return saved;
    }
  }
  auto words = redis::remove_words(job->naming.layout().type, container, members);
  auto reply = co_await ask(job, container, std::move(words));
  if (!reply) co_return fail(std::move(reply).error());
  co_return Result<void>();
}

/// A key that was written between its removal and the SREM is live and has no tag now: it goes as
/// well, or, when it cannot, gets its tag back.
asio::awaitable<Result<void>> remove_written_anew(std::shared_ptr<Job> job, TagContainer container,
                                                  TagMembers members) {
  const Ledger::SecondLook second_look(job->ledger);
  auto page = co_await remove_members(job, container, std::move(members));
  if (page.failed.empty()) co_return Result<void>();
  const auto type = job->naming.layout().type;
  for (auto& words : redis::put_back_words(type, container.key, page.failed)) {
    auto reply = co_await ask(job, container.key, std::move(words));
    if (!reply) co_return fail(std::move(reply).error());
  }
  co_return Result<void>();
}

}  // namespace

asio::awaitable<MembersPage> remove_members(std::shared_ptr<Job> job, TagContainer container,
                                            TagMembers members) {
  MembersPage page;
  std::map<redis::Address, Removal> by_node;
  std::unordered_map<std::string, redis::Member> member_of;
  const Ledger::FailureWatch failures(job->ledger);
  for (auto& member : members) {
    auto key = job->naming.key_of(container.name, member.name);
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

asio::awaitable<Result<void>> forget_for_good(std::shared_ptr<Job> job, TagContainer container,
                                              TagMembers members) {
  auto again = members;
  auto forgotten = co_await forget_members(job, container.key, std::move(members));
  if (!forgotten) co_return forgotten;
  co_return co_await remove_written_anew(job, std::move(container), std::move(again));
}

}  // namespace rcache::invalidate
