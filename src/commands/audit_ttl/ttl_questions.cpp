#include "commands/audit_ttl/ttl_questions.h"

#include <fmt/format.h>

#include "redis/key_ttls.h"
#include "redis/refusal.h"

namespace rcache::audit_ttl {
namespace {

bool has_moved(const redis::ServerError& error) {
  return error.code() == "MOVED" || error.code() == "ASK";
}

}  // namespace

asio::awaitable<Ttls> ask_ttls(std::shared_ptr<Audit> audit, Batch batch, Unanswered* unanswered) {
  auto answers = co_await redis::ask_key_ttls(audit->servers, batch.client, batch.keys);
  audit->own_lookups += answers.lookups;
  unanswered->refused += answers.refused;
  unanswered->lost += answers.lost;
  if (unanswered->why.empty()) unanswered->why = std::move(answers.why);
  Ttls ttls;
  ttls.batch = std::move(batch);
  ttls.pttl_ms = std::move(answers.pttl_ms);
  // Where TIME is forbidden our own clock has to do: only cliffs are told by it.
  ttls.at_unix_ms = answers.at_unix_ms.value_or(audit->context.clock.unix_milliseconds());
  co_return ttls;
}

asio::awaitable<Sizes> ask_sizes(std::shared_ptr<Audit> audit, Batch batch) {
  redis::Commands commands;
  for (const auto& key : batch.keys) commands.add({"MEMORY", "USAGE", key});
  const auto replies = co_await batch.client->pipeline(std::move(commands));
  Sizes sizes;
  sizes.bytes.resize(batch.keys.size());
  if (!replies) co_return sizes;
  for (std::size_t i = 0; i < batch.keys.size(); ++i) {
    const auto& reply = (*replies)[i];
    if (const auto* bytes = reply.get<std::int64_t>()) sizes.bytes[i] = *bytes;
    const auto* error = reply.error();
    if (error == nullptr || has_moved(*error)) continue;
    sizes.allowed = false;
    audit->note(fmt::format("memory was not sampled: {}", redis::own_words(*error)));
  }
  co_return sizes;
}

}  // namespace rcache::audit_ttl
