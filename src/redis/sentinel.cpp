#include "redis/sentinel.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "core/info.h"
#include "core/key.h"
#include "redis/asio.h"
#include "redis/connection.h"
#include "redis/refusal.h"

namespace rcache::redis {
namespace {

using Answer = Result<Reply>;

/// One command to one sentinel, with a password only when it insists.
asio::awaitable<Answer> ask(Address address, ConnectSettings settings, Args words,
                            Interrupt& interrupt) {
  auto connection = co_await Connection::open(address, settings, interrupt);
  if (!connection) co_return fail(std::move(connection).error());
  Connection& sentinel = **connection;
  auto reply = co_await sentinel.send(words);
  if (!reply) co_return fail(std::move(reply).error());
  const auto* error = reply->error();
  const Endpoint& endpoint = settings.endpoint;
  if (error != nullptr && error->code() == "NOAUTH" && endpoint.password) {
    Args login{"AUTH"};
    if (!endpoint.user.empty()) login.push_back(endpoint.user);
    login.push_back(*endpoint.password);
    auto logged_in = co_await sentinel.send(std::move(login));
    if (!logged_in) co_return fail(std::move(logged_in).error());
    if (const auto* refused = logged_in->error())
      co_return fail(refusal(to_string(address), *refused));
    reply = co_await sentinel.send(std::move(words));
    if (!reply) co_return fail(std::move(reply).error());
    error = reply->error();
  }
  // The answer of REPLICAS to a name that it does not know; GET-MASTER-ADDR-BY-NAME says nil.
  if (error != nullptr && error->text.starts_with("ERR No such master")) co_return Reply{Nil{}};
  if (error != nullptr) {
    auto refused = refusal(to_string(address), *error);
    if (error->text.starts_with("ERR unknown command")) {
      refused = {ErrorKind::connect, fmt::format("{} is not a sentinel", to_string(address)),
                 "a redis-sentinel:// URL names sentinels (port 26379); for the server itself "
                 "write redis://"};
    }
    co_return fail(std::move(refused));
  }
  co_return reply;
}

asio::awaitable<std::vector<Answer>> ask_all(ConnectSettings settings, Args words,
                                             Interrupt& interrupt) {
  std::vector<asio::awaitable<Answer>> questions;
  for (const auto& address : settings.endpoint.addresses) {
    questions.push_back(ask(address, settings, words, interrupt));
  }
  co_return co_await gather(std::move(questions));
}

std::optional<Address> read_address(const Reply& reply) {
  const auto* words = reply.get<std::vector<Reply>>();
  if (words == nullptr || words->size() != 2) return std::nullopt;
  const auto* host = (*words)[0].get<std::string>();
  const auto* port_text = (*words)[1].get<std::string>();
  const auto port = port_text == nullptr ? std::nullopt : parse_integer(*port_text);
  if (host == nullptr || !port || *port <= 0 || *port > 65535) return std::nullopt;
  return Address{.host = *host, .port = static_cast<std::uint16_t>(*port), .socket_path = {}};
}

/// One entry of SENTINEL REPLICAS: a flat map. Empty when that replica is not to be used.
std::optional<Address> read_replica(const Reply& reply) {
  const auto* flat = reply.get<std::vector<Reply>>();
  if (flat == nullptr) return std::nullopt;
  std::map<std::string, std::string> fields;
  for (std::size_t i = 0; i + 1 < flat->size(); i += 2) {
    const auto* name = (*flat)[i].get<std::string>();
    const auto* value = (*flat)[i + 1].get<std::string>();
    if (name != nullptr && value != nullptr) fields[*name] = *value;
  }
  const auto& flags = fields["flags"];
  for (const char* bad : {"s_down", "o_down", "disconnected"}) {
    if (flags.find(bad) != std::string::npos) return std::nullopt;
  }
  const auto port = parse_integer(fields["port"]);
  if (fields["ip"].empty() || !port || *port <= 0 || *port > 65535) return std::nullopt;
  return Address{
      .host = fields["ip"], .port = static_cast<std::uint16_t>(*port), .socket_path = {}};
}

/// Why nobody could say: the last failure, in the name of all.
Error nobody_knows(const ConnectSettings& settings, const std::vector<Answer>& answers) {
  for (const auto& answer : answers) {
    if (answer) {
      return {ErrorKind::connect,
              fmt::format("the sentinels know no primary named '{}'",
                          printable(settings.endpoint.sentinel_primary)),
              "check the name at the end of the URL: redis-sentinel://host:26379/NAME"};
    }
  }
  Error error = answers.back().error();
  if (answers.size() > 1)
    error.message = fmt::format("no sentinel can be asked; the last one: {}", error.message);
  return error;
}

}  // namespace

asio::awaitable<Result<std::vector<Address>>> ask_for_primary(ConnectSettings settings,
                                                              Interrupt& interrupt) {
  Args words{"SENTINEL", "GET-MASTER-ADDR-BY-NAME", settings.endpoint.sentinel_primary};
  const auto answers = co_await ask_all(settings, std::move(words), interrupt);
  std::map<Address, int> votes;
  for (const auto& answer : answers) {
    if (!answer) continue;
    if (const auto address = read_address(*answer)) ++votes[*address];
  }
  if (votes.empty()) co_return fail(nobody_knows(settings, answers));
  std::vector<Address> named;
  for (const auto& [address, count] : votes) named.push_back(address);
  std::stable_sort(named.begin(), named.end(),
                   [&](const Address& a, const Address& b) { return votes.at(a) > votes.at(b); });
  co_return named;
}

asio::awaitable<Result<std::vector<Address>>> ask_for_replicas(ConnectSettings settings,
                                                               Interrupt& interrupt) {
  Args words{"SENTINEL", "REPLICAS", settings.endpoint.sentinel_primary};
  const auto answers = co_await ask_all(settings, std::move(words), interrupt);
  std::vector<Address> replicas;
  bool answered = false;
  for (const auto& answer : answers) {
    const auto* entries = answer ? answer->get<std::vector<Reply>>() : nullptr;
    if (entries == nullptr) continue;
    answered = true;
    for (const auto& entry : *entries) {
      if (auto address = read_replica(entry)) replicas.push_back(std::move(*address));
    }
  }
  if (!answered) co_return fail(nobody_knows(settings, answers));
  std::sort(replicas.begin(), replicas.end());
  replicas.erase(std::unique(replicas.begin(), replicas.end()), replicas.end());
  co_return replicas;
}

}  // namespace rcache::redis
