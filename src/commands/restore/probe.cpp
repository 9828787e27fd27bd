#include "commands/restore/probe.h"

#include <fmt/format.h>

#include "commands/restore/answer.h"
#include "core/key.h"
#include "redis/refusal.h"
#include "redis/slot.h"

namespace rcache::restore {
namespace {

using redis::Reply;

Error cannot_read(const redis::Node& node, std::uint16_t version, const std::string& made_by) {
  return {ErrorKind::incomplete,
          fmt::format("{} {} at {} cannot read payload version {} (the backup was made by {})",
                      printable(node.identity.flavor), printable(node.identity.version),
                      to_string(node.address), version, printable(made_by)),
          "restore into a server of that version or later"};
}

/// What the reply to a probe says of the whole run.
Result<void> judge(const redis::Node& node, const Reply& reply, std::uint16_t version,
                   const std::string& made_by) {
  if (unreadable_payload(reply)) return fail(cannot_read(node, version, made_by));
  const auto where = to_string(node.address);
  switch (answer_of(reply)) {
    case Answer::done:
    case Answer::existing:
    case Answer::elsewhere:  // its slot is on the move: the keys themselves will be followed
      return {};
    case Answer::no_memory:
      return fail(ErrorKind::refused, refused_writes(where, reply), "nothing was restored");
    case Answer::no_writes:
      if (reply.error()->code() == "NOAUTH") break;
      return fail(ErrorKind::connect, refused_writes(where, reply), "nothing was restored");
    case Answer::failed:
      break;
  }
  if (const auto* error = reply.error()) return fail(redis::refusal(where, *error));
  return fail(ErrorKind::protocol,
              fmt::format("{} answered RESTORE with something else than OK", where));
}

}  // namespace

std::string probe_name(const std::string& key, const redis::Node& node, redis::Mode mode,
                       std::uint64_t number) {
  // A cluster node may serve a single slot, which takes about 16,384 tries.
  constexpr int k_tries = 1 << 20;
  for (int tries = 0;; ++tries, ++number) {
    auto name = fmt::format("{}:rcache-probe-{:x}", key, number);
    if (mode == redis::Mode::standalone || node.slots[redis::key_slot(name)] || tries == k_tries)
      return name;
  }
}

asio::awaitable<Result<void>> probe(Share share, redis::Mode mode,
                                    std::vector<std::uint16_t> versions, std::string made_by,
                                    std::uint64_t number) {
  // Found taken, a name tells nothing of the payload: the server looks at the name first.
  constexpr std::uint64_t k_names = 5;
  const auto client = share.node.client;
  for (const auto version : versions) {
    for (std::uint64_t i = 0; i < k_names; ++i) {
      const auto name = probe_name(share.first_key, share.node, mode, number + i);
      redis::Args restore{"RESTORE", name, "1000", backup::probe_dump(version)};
      const auto reply = co_await client->send(std::move(restore));
      if (!reply) co_return fail(reply.error());
      const auto answer = answer_of(*reply);
      if (answer == Answer::existing) continue;
      if (auto judged = judge(share.node, *reply, version, made_by); !judged) co_return judged;
      // Only a key that is ours is removed. Whoever may not UNLINK leaves it to its TTL.
      if (answer == Answer::done) {
        redis::Args unlink{"UNLINK", name};
        if (auto gone = co_await client->send(std::move(unlink)); !gone)
          co_return fail(std::move(gone).error());
      }
      break;
    }
  }
  co_return Result<void>();
}

}  // namespace rcache::restore
