#include "support/scripted_client.h"

#include <doctest/doctest.h>

#include "redis/resp.h"

namespace rcache::test {
namespace {

std::string shown(const redis::Args& words) {
  std::string line;
  for (const auto& word : words) line += (line.empty() ? "" : " ") + word;
  return line;
}

/// Commands travel as arrays of bulk strings, so the reader of replies can read them back.
std::vector<redis::Args> words_of(const redis::Commands& commands) {
  redis::ReplyReader reader;
  REQUIRE(reader.feed(commands.bytes()));
  std::vector<redis::Args> all;
  for (std::size_t i = 0; i < commands.count(); ++i) {
    const auto command = reader.next();
    REQUIRE(command);
    REQUIRE(command->has_value());
    redis::Args words;
    for (const auto& word : *(*command)->get<std::vector<redis::Reply>>())
      words.push_back(*word.get<std::string>());
    all.push_back(std::move(words));
  }
  return all;
}

redis::Node scripted_node(std::vector<Exchange> script) {
  redis::Node node;
  node.address = {.host = "127.0.0.1", .port = 6379, .socket_path = {}};
  node.identity.version = "7.0.15";
  node.identity.mode = "standalone";
  node.identity.role = "master";
  node.identity.run_id = "run-1";
  node.client = std::make_shared<ScriptedClient>(std::move(script));
  return node;
}

}  // namespace

ScriptedClient::ScriptedClient(std::vector<Exchange> script)
    : script_(script.begin(), script.end()) {}

ScriptedClient::~ScriptedClient() {
  for (const auto& exchange : script_) FAIL_CHECK("never sent: " << shown(exchange.words));
}

asio::awaitable<Result<std::vector<redis::Reply>>> ScriptedClient::pipeline(
    redis::Commands commands) {
  std::vector<redis::Reply> replies;
  for (const auto& words : words_of(commands)) {
    if (script_.empty() || script_.front().words != words) {
      FAIL("not in the script here: "
           << shown(words)
           << (script_.empty() ? std::string() : "; expected " + shown(script_.front().words)));
    }
    replies.push_back(std::move(script_.front().reply));
    script_.pop_front();
  }
  co_return replies;
}

ScriptedDeployment::ScriptedDeployment(std::vector<Exchange> script) {
  nodes_.push_back(scripted_node(std::move(script)));
}

ScriptedDeployment::ScriptedDeployment(redis::Mode mode, std::vector<redis::Node> nodes,
                                       std::vector<redis::Gap> gaps)
    : mode_(mode), nodes_(std::move(nodes)), gaps_(std::move(gaps)) {}

asio::awaitable<Result<void>> ScriptedDeployment::refresh() {
  co_return Result<void>();
}

asio::awaitable<Result<std::shared_ptr<redis::Client>>> ScriptedDeployment::open_another(
    redis::Node node) {
  co_return node.client;
}

asio::awaitable<Result<std::shared_ptr<redis::Monitor>>> ScriptedDeployment::open_monitor(
    redis::Node) {
  co_return fail(ErrorKind::connect, "a scripted server has no MONITOR");
}

asio::awaitable<Result<redis::Reply>> ScriptedDeployment::send_to_owner(std::string,
                                                                        redis::Args words) {
  co_return co_await nodes_.front().client->send(std::move(words));
}

}  // namespace rcache::test
