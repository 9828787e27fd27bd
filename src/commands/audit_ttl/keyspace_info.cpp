#include "commands/audit_ttl/keyspace_info.h"

#include <fmt/format.h>

#include "core/info.h"
#include "redis/asio.h"

namespace rcache::audit_ttl {
namespace {

std::optional<KeyspaceCount> read(const std::string& text, int database, std::int64_t dbsize) {
  if (text.find("# Keyspace") == std::string::npos) return std::nullopt;
  const Info info(text);
  KeyspaceCount count;
  if (const auto line = info.text(fmt::format("db{}", database))) {
    const auto parts = parse_info_pairs(*line);
    const auto keys = parts.find("keys");
    const auto expires = parts.find("expires");
    if (keys == parts.end() || expires == parts.end()) return std::nullopt;
    const auto all = parse_integer(keys->second);
    const auto with_ttl = parse_integer(expires->second);
    if (!all || !with_ttl || *with_ttl < 0 || *with_ttl > *all) return std::nullopt;
    count = {static_cast<std::uint64_t>(*all), static_cast<std::uint64_t>(*with_ttl)};
  }
  if (dbsize < 0 || static_cast<std::uint64_t>(dbsize) != count.keys) return std::nullopt;
  return count;
}

asio::awaitable<std::optional<KeyspaceCount>> ask(redis::Node node, int database) {
  redis::Commands commands;
  commands.add({"INFO", "keyspace"});
  commands.add({"DBSIZE"});
  const auto replies = co_await node.client->pipeline(std::move(commands));
  if (!replies) co_return std::nullopt;
  const auto* text = (*replies)[0].get<std::string>();
  const auto* dbsize = (*replies)[1].get<std::int64_t>();
  if (text == nullptr || dbsize == nullptr) co_return std::nullopt;
  co_return read(*text, database, *dbsize);
}

}  // namespace

asio::awaitable<std::optional<KeyspaceCount>> count_by_info(std::shared_ptr<Audit> audit) {
  if (!audit->servers->gaps().empty()) co_return std::nullopt;
  std::vector<asio::awaitable<std::optional<KeyspaceCount>>> questions;
  for (const auto& node : audit->servers->nodes()) {
    if (node.identity.role != "master") co_return std::nullopt;
    questions.push_back(ask(node, audit->context.safety.database));
  }
  const auto answers = co_await redis::gather(std::move(questions));
  KeyspaceCount sum;
  for (const auto& answer : answers) {
    if (!answer) co_return std::nullopt;
    sum.keys += answer->keys;
    sum.with_ttl += answer->with_ttl;
  }
  co_return sum;
}

}  // namespace rcache::audit_ttl
