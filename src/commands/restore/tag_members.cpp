#include "commands/restore/tag_members.h"

#include <algorithm>

#include "commands/restore/answer.h"
#include "commands/restore/tally.h"
#include "redis/members.h"

namespace rcache::restore {
namespace {

constexpr std::size_t k_members_at_once = 1000;

/// The integer that the owner of the tag's set answers. Empty: it was something else, and the
/// record is settled or the run stopped.
asio::awaitable<Result<std::optional<std::int64_t>>> ask(Run& run, TagRecord& record,
                                                         redis::Args words) {
  auto reply = co_await run.nodes.servers().send_to_owner(record.tag.container, std::move(words));
  if (!reply) co_return fail(std::move(reply).error());
  if (const auto* number = reply->get<std::int64_t>()) co_return std::optional(*number);
  switch (answer_of(*reply)) {
    case Answer::no_memory:
      run.halt({"memory", refused_writes("the server", *reply)});
      break;
    case Answer::no_writes:
    case Answer::elsewhere:
      run.halt({"server", refused_writes("the server", *reply)});
      break;
    default:
      record.settled = true;
      add_failure(run.report, {record.offset, record.tag.container, words_of(*reply)});
  }
  co_return std::optional<std::int64_t>();
}

redis::Args expiry_words(const backup::Members& tag, TtlMode ttl) {
  if (ttl == TtlMode::keep)
    return {"PEXPIREAT", tag.container, std::to_string(*tag.expires_unix_ms)};
  return {"PEXPIRE", tag.container,
          std::to_string(milliseconds_left(*tag.expires_unix_ms, tag.saved_unix_ms))};
}

/// False when it could not go on.
asio::awaitable<Result<bool>> add_members(Run& run, TagRecord& record) {
  const auto& members = record.tag.members;
  for (std::size_t from = 0; from < members.size(); from += k_members_at_once) {
    const auto to = std::min(members.size(), from + k_members_at_once);
    std::vector<redis::Member> some;
    for (auto i = from; i < to; ++i)
      some.push_back({members[i], record.tag.values.empty() ? "" : record.tag.values[i]});
    for (auto& words : redis::put_back_words(record.tag.type, record.tag.container, some)) {
      const auto added = co_await ask(run, record, std::move(words));
      if (!added) co_return fail(added.error());
      if (!*added) co_return false;
      run.report.tag_members += static_cast<std::uint64_t>(std::max<std::int64_t>(**added, 0));
    }
  }
  co_return true;
}

asio::awaitable<Result<void>> send_tag(Run& run, TagRecord& record) {
  const auto& tag = record.tag;
  if (!record.existed) {
    redis::Args exists{"EXISTS", tag.container};
    const auto there = co_await ask(run, record, std::move(exists));
    if (!there) co_return fail(there.error());
    if (!*there) co_return Result<void>();
    record.existed = **there != 0;  // kept if the connection is lost now: the set may be ours then
  }
  const bool fresh = !*record.existed;
  const auto* owner = run.nodes.owner_of(tag.container);
  const bool expired = run.options.ttl == TtlMode::keep && tag.expires_unix_ms &&
                       owner != nullptr && *tag.expires_unix_ms <= run.nodes.unix_ms(*owner);
  if (run.options.dry_run && !(fresh && expired)) run.report.tag_members += tag.members.size();
  if (run.options.dry_run || (fresh && expired)) {
    record.settled = true;
    co_return Result<void>();
  }
  const auto added = co_await add_members(run, record);
  if (!added) co_return fail(added.error());
  if (!*added) co_return Result<void>();
  if (fresh && tag.expires_unix_ms) {
    const auto set = co_await ask(run, record, expiry_words(tag, run.options.ttl));
    if (!set) co_return fail(set.error());
  }
  record.settled = true;
  co_return Result<void>();
}

}  // namespace

asio::awaitable<Result<void>> send_tags(Run& run) {
  for (auto& record : run.batch.tags) {
    if (run.stop) break;
    if (record.settled) continue;
    if (auto sent = co_await send_tag(run, record); !sent) co_return sent;
  }
  co_return Result<void>();
}

}  // namespace rcache::restore
