#include "redis/key_ttls.h"

#include "redis/asio.h"
#include "redis/refusal.h"
#include "redis/server_time.h"

namespace rcache::redis {
namespace {

bool has_moved(const ServerError& error) {
  return error.code() == "MOVED" || error.code() == "ASK";
}

void refuse(KeyTtls& ttls, const ServerError& error) {
  ++ttls.refused;
  if (ttls.why.empty()) ttls.why = own_words(error);
}

/// The key is asked for where it is now.
asio::awaitable<std::optional<std::int64_t>> ask_owner(std::shared_ptr<Deployment> servers,
                                                       std::string key, KeyTtls* ttls) {
  Args words{"PTTL", key};
  const auto reply = co_await servers->send_to_owner(std::move(key), std::move(words));
  if (!reply) {
    ++ttls->lost;
    co_return std::nullopt;
  }
  if (const auto* error = reply->error()) refuse(*ttls, *error);
  const auto* ttl = reply->get<std::int64_t>();
  if (ttl == nullptr) co_return std::nullopt;
  ++ttls->lookups;
  co_return *ttl;
}

}  // namespace

asio::awaitable<KeyTtls> ask_key_ttls(std::shared_ptr<Deployment> servers,
                                      std::shared_ptr<Client> client,
                                      const std::vector<std::string>& keys) {
  Commands commands;
  commands.add({"TIME"});
  for (const auto& key : keys) commands.add({"PTTL", key});
  const auto replies = co_await client->pipeline(std::move(commands));
  KeyTtls ttls;
  ttls.pttl_ms.resize(keys.size());
  if (!replies) {
    ttls.lost += keys.size();
    co_return ttls;
  }
  ttls.at_unix_ms = read_server_time(replies->front());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto& reply = (*replies)[i + 1];
    if (const auto* ttl = reply.get<std::int64_t>()) {
      ++ttls.lookups;
      ttls.pttl_ms[i] = *ttl;
      continue;
    }
    const auto* error = reply.error();
    if (error != nullptr && has_moved(*error)) {
      auto key = keys[i];
      ttls.pttl_ms[i] = co_await ask_owner(servers, std::move(key), &ttls);
    } else if (error != nullptr) {
      refuse(ttls, *error);
    } else {
      ++ttls.refused;
    }
  }
  co_return ttls;
}

}  // namespace rcache::redis
