#include "commands/audit_ttl/ttl_questions.h"

#include <fmt/format.h>

#include "redis/refusal.h"
#include "redis/server_time.h"

namespace rcache::audit_ttl {
namespace {

bool has_moved(const redis::ServerError& error) {
  return error.code() == "MOVED" || error.code() == "ASK";
}

void refuse(Unanswered& unanswered, const redis::ServerError& error) {
  ++unanswered.refused;
  if (unanswered.why.empty()) unanswered.why = redis::own_words(error);
}

/// The key is asked for where it is now.
asio::awaitable<std::optional<std::int64_t>> ask_owner(std::shared_ptr<Audit> audit,
                                                       std::string key, Unanswered* unanswered) {
  redis::Args words{"PTTL", key};
  const auto reply = co_await audit->servers->send_to_owner(std::move(key), std::move(words));
  if (!reply) {
    ++unanswered->lost;
    co_return std::nullopt;
  }
  if (const auto* error = reply->error()) refuse(*unanswered, *error);
  const auto* ttl = reply->get<std::int64_t>();
  if (ttl == nullptr) co_return std::nullopt;
  ++audit->own_lookups;
  co_return *ttl;
}

}  // namespace

asio::awaitable<Ttls> ask_ttls(std::shared_ptr<Audit> audit, Batch batch, Unanswered* unanswered) {
  redis::Commands commands;
  commands.add({"TIME"});
  for (const auto& key : batch.keys) commands.add({"PTTL", key});
  const auto replies = co_await batch.client->pipeline(std::move(commands));
  Ttls ttls;
  ttls.batch = std::move(batch);
  const auto& keys = ttls.batch.keys;
  ttls.pttl_ms.resize(keys.size());
  if (!replies) {
    unanswered->lost += keys.size();
    co_return ttls;
  }
  // Where TIME is forbidden our own clock has to do: only cliffs are told by it.
  ttls.at_unix_ms =
      redis::read_server_time(replies->front()).value_or(audit->context.clock.unix_milliseconds());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto& reply = (*replies)[i + 1];
    if (const auto* ttl = reply.get<std::int64_t>()) {
      ++audit->own_lookups;
      ttls.pttl_ms[i] = *ttl;
      continue;
    }
    const auto* error = reply.error();
    if (error != nullptr && has_moved(*error)) {
      auto key = keys[i];
      ttls.pttl_ms[i] = co_await ask_owner(audit, std::move(key), unanswered);
    } else if (error != nullptr) {
      refuse(*unanswered, *error);
    } else {
      ++unanswered->refused;
    }
  }
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
