#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>

#include "backup/reader.h"
#include "commands/restore/scripts.h"
#include "redis/topology.h"
#include "support/cluster.h"
#include "support/skip.h"

namespace rcache::restore {
namespace {

using Json = nlohmann::json;
using test::Server;
using test::ServerOptions;

ServerOptions with_debug(std::vector<std::string> more = {}) {
  ServerOptions options;
  options.arguments = {"--enable-debug-command", "yes"};
  options.arguments.insert(options.arguments.end(), more.begin(), more.end());
  return options;
}

asio::awaitable<Result<Outcome>> run_there(Context& context, std::string url, Command command,
                                           std::function<void()> before) {
  auto endpoint = redis::parse_url(url);
  if (!endpoint) co_return fail(std::move(endpoint).error());
  redis::ConnectSettings settings;
  settings.endpoint = std::move(*endpoint);
  auto servers = co_await redis::connect(std::move(settings), context.interrupt);
  if (!servers) co_return fail(std::move(servers).error());
  context.connect = [shared = *servers, before] {
    before();
    return [](std::shared_ptr<redis::Deployment> found)
               -> asio::awaitable<Result<std::shared_ptr<redis::Deployment>>> {
      co_return found;
    }(shared);
  };
  auto outcome = co_await command.run(context);
  context.connect = nullptr;  // the connections must not outlive what runs them
  co_return outcome;
}

struct There {
  Result<Outcome> outcome;
  Json document;
};

/// Runs `rcache restore --json` with these words against a real deployment. `before` is called when
/// the connections stand.
There run_at(
    const std::string& url, std::vector<std::string> words, std::function<void()> before = [] {}) {
  CLI::App tree("test", "rcache");
  auto command = add_restore(tree);
  std::reverse(words.begin(), words.end());
  words.emplace_back("--json");
  words.emplace_back("restore");
  tree.parse(std::move(words));
  KeptOutput output;
  test::FakeClock clock;
  Interrupt interrupt;
  Context context{
      .output = output, .clock = clock, .interrupt = interrupt, .connect = {}, .connect_to = {}};
  auto outcome = test::run(run_there(context, url, std::move(command), std::move(before)));
  return {std::move(outcome), output.out.empty() ? Json() : Json::parse(output.out)};
}

std::int64_t now_of(Server& server) {
  const auto time = server.command({"TIME"});
  return std::stoll(time[0].text) * 1000 + std::stoll(time[1].text) / 1000;
}

/// What a backup holds of a key of this server.
Value saved(Server& server, const std::string& key) {
  Value out;
  out.key = key;
  out.dump = server.command({"DUMP", key}).text;
  const auto expires = server.command({"PEXPIRETIME", key}).integer;
  if (expires >= 0) out.expires_unix_ms = expires;
  out.saved_unix_ms = now_of(server);
  return out;
}

std::vector<std::string> keys_of(Server& server) {
  std::vector<std::string> keys;
  for (const auto& key : server.command({"KEYS", "*"}).items) keys.push_back(key.text);
  std::sort(keys.begin(), keys.end());
  return keys;
}

std::string digest(Server& server, const std::string& key) {
  return server.command({"DEBUG", "DIGEST-VALUE", key})[0].text;
}

/// Every type of value, small and large, as each encoding has it.
void fill(Server& server) {
  std::vector<test::Words> commands{
      {"SET", "string", "value"},
      {"SET", "number", "12345"},
      {"SET", std::string("bytes\0\xff\r\n", 9), std::string("\0\x01\xff\r\n", 5)},
      {"SET", "empty", ""},
      {"SET", "large string", std::string(3'000'000, 'x')},
      {"RPUSH", "list", "a", "b", "c"},
      {"SADD", "integers", "1", "2", "3"},
      {"SADD", "set", "a", "b", "c"},
      {"ZADD", "zset", "1.5", "a", "-inf", "b", "2", "c"},
      {"HSET", "hash", "field", "value", "other", "1"},
      {"PFADD", "hyperloglog", "a", "b", "c"},
      {"GEOADD", "places", "13.361389", "38.115556", "Palermo"},
      {"XADD", "stream", "1-1", "field", "value"},
      {"XADD", "stream", "2-1", "field", "value"},
      {"XGROUP", "CREATE", "stream", "group", "0"},
      {"XREADGROUP", "GROUP", "group", "consumer", "COUNT", "1", "STREAMS", "stream", ">"},
  };
  for (int i = 0; i < 3000; ++i) {
    const auto text = "member:" + std::to_string(i) + std::string(20, 'm');
    commands.push_back({"RPUSH", "large list", text});
    commands.push_back({"SADD", "large set", text});
    commands.push_back({"ZADD", "large zset", std::to_string(i), text});
    commands.push_back({"HSET", "large hash", text, text});
    commands.push_back({"XADD", "large stream", std::to_string(i + 1) + "-1", "field", text});
  }
  for (const auto& reply : server.pipeline(commands)) REQUIRE_FALSE(reply.is_error());
}

std::string file_of_all(Server& server) {
  std::vector<Value> values;
  for (const auto& key : keys_of(server)) values.push_back(saved(server, key));
  return file_of(values);
}

}  // namespace

TEST_CASE("restore: every type of value comes back as it was, with its expiry to the millisecond") {
  RCACHE_NEED_SERVER("redis");
  Server from(with_debug());
  Server to(with_debug());
  fill(from);
  const auto now = now_of(from);
  std::int64_t expires = now + 100'000;
  for (const auto& key : keys_of(from)) {
    if (key != "string") from.command({"PEXPIREAT", key, std::to_string(expires += 1'001)});
  }
  const TempDir folder;
  const auto path = folder.write("backup", file_of_all(from));
  const auto result = run_at(to.url(), {path});
  REQUIRE(result.outcome);
  CHECK(*result.outcome == Outcome::done);
  const auto keys = keys_of(from);
  CHECK(result.document["restored"] == keys.size());
  CHECK(keys_of(to) == keys);  // and no probe is left
  for (const auto& key : keys) {
    CAPTURE(key);
    CHECK(digest(to, key) == digest(from, key));
    CHECK(to.command({"PEXPIRETIME", key}).integer == from.command({"PEXPIRETIME", key}).integer);
  }
  CHECK(to.command({"XPENDING", "stream", "group"})[0].integer == 1);

  const auto again = run_at(to.url(), {path});
  CHECK(again.document["existing"] == keys.size());
  CHECK(again.document["restored"] == 0);
  CHECK(again.document["complete"] == true);
}

TEST_CASE("restore: --ttl remaining gives each key the time that it had left") {
  RCACHE_NEED_SERVER("redis");
  Server server(with_debug());
  auto first = value("first", now_of(server) - 1'000'000);
  first.saved_unix_ms = *first.expires_unix_ms - 500'000;
  const TempDir folder;
  const auto path = folder.write("backup", file_of({first, value("second")}));
  CHECK(run_at(server.url(), {path, "--ttl", "remaining"}).document["restored"] == 2);
  const auto left = server.command({"PTTL", "first"}).integer;
  CHECK(left <= 500'000);
  CHECK(left > 490'000);
  CHECK(server.command({"PTTL", "second"}).integer == -1);
}

TEST_CASE("restore: --replace overwrites, and never deletes a live key") {
  RCACHE_NEED_SERVER("redis");
  Server server(with_debug());
  server.command({"MSET", "past", "live", "soon", "live", "later", "live", "broken", "live"});
  const auto now = now_of(server);
  auto broken = value("broken", now + 30'000);
  broken.dump.back() = static_cast<char>(broken.dump.back() ^ 1);  // of its checksum
  const std::vector<Value> values{value("past", now - 1), value("soon", now + 30'000),
                                  value("later", now + 90'000), broken, value("ancient", 1)};
  const TempDir folder;
  const auto path = folder.write("backup", file_of(values));
  const auto kept = run_at(server.url(), {path});
  CHECK(kept.document["existing"] == 3);
  CHECK(kept.document["expired"] == 2);
  for (const auto* key : {"past", "soon", "later", "broken"})
    CHECK(server.command({"GET", key}).text == "live");

  const auto replaced = run_at(server.url(), {path, "--replace"});
  CHECK(replaced.document["restored"] == 2);
  CHECK(replaced.document["expired"] == 2);
  CHECK(replaced.document["failed"] == 1);
  CHECK(server.command({"GET", "past"}).text == "live");
  CHECK(server.command({"PTTL", "past"}).integer == -1);
  CHECK(server.command({"GET", "broken"}).text == "live");
  CHECK(server.command({"PTTL", "broken"}).integer == -1);
  CHECK(server.command({"GET", "soon"}).text.size() == 1);
  CHECK(server.command({"PEXPIRETIME", "soon"}).integer == now + 30'000);
  CHECK(server.command({"PEXPIRETIME", "later"}).integer == now + 90'000);
}

TEST_CASE("restore: 20,000 records come back, whatever is in the way") {
  RCACHE_NEED_SERVER("redis");
  Server server(with_debug());
  std::vector<Value> values;
  for (int i = 0; i < 20'000; ++i) values.push_back(value("cache:" + std::to_string(i)));
  const TempDir folder;
  const auto path = folder.write("backup", file_of(values));
  server.command({"MSET", "cache:7", "x", "cache:19999", "x"});
  const auto dry = run_at(server.url(), {path, "--dry-run"});
  CHECK(dry.document["restored"] == 19'998);
  CHECK(server.command({"DBSIZE"}).integer == 2);
  const auto result = run_at(server.url(), {path});
  CHECK(result.document["restored"] == 19'998);
  CHECK(result.document["existing"] == 2);
  CHECK(result.document["complete"] == true);
  CHECK(server.command({"DBSIZE"}).integer == 20'000);
  CHECK(server.command({"GET", "cache:7"}).text == "x");
}

TEST_CASE("restore: a server without room is left as it is, and one that fills up keeps its keys") {
  RCACHE_NEED_SERVER("redis");
  Server server(with_debug({"--maxmemory-policy", "allkeys-lru"}));
  server.command({"SET", "somebody's", "value"});
  std::vector<Value> values;
  for (int i = 0; i < 40'000; ++i)
    values.push_back(value("cache:" + std::to_string(i) + std::string(300, 'k')));
  const TempDir folder;
  const auto path = folder.write("backup", file_of(values));
  const auto set_room = [&server](long long bytes) {
    server.command({"CONFIG", "SET", "maxmemory",
                    std::to_string(std::stoll(server.info("used_memory")) + bytes)});
  };
  // The payloads alone would fit: only the server's own numbers tell that the keys do not.
  set_room(4'000'000);
  const auto result = run_at(server.url(), {path});
  REQUIRE(result.outcome);
  CHECK(*result.outcome == Outcome::incomplete);
  CHECK(result.document["reason"] == "memory");
  CHECK(result.document["restored"] > 5'000);
  CHECK(server.info("evicted_keys") == "0");
  CHECK(server.command({"EXISTS", "somebody's"}).integer == 1);
  CHECK(server.command({"DBSIZE"}).integer == result.document["restored"].get<long long>() + 1);

  server.command({"CONFIG", "SET", "maxmemory-policy", "noeviction"});
  set_room(2'000'000);
  const auto refusing = run_at(server.url(), {path});
  REQUIRE(refusing.outcome);
  CHECK(refusing.document["reason"] == "memory");
  CHECK(refusing.document["existing"] == result.document["restored"]);
  CHECK(refusing.document["restored"].get<long long>() +
            refusing.document["existing"].get<long long>() + 1 ==
        server.command({"DBSIZE"}).integer);

  // What is back needs no room, so the rest of a run that was cut short is not refused for it.
  set_room(50'000);
  const auto going_on = run_at(server.url(), {path, "--match", "cache:????k*"});
  REQUIRE(going_on.outcome);
  CHECK(going_on.document["existing"] == 10'000);

  set_room(0);
  const auto refused = run_at(server.url(), {path, "--match", "cache:39*"});
  REQUIRE_FALSE(refused.outcome);
  CHECK(refused.outcome.error().kind == ErrorKind::refused);
}

TEST_CASE("restore: in a cluster every key goes to its node, and a moved slot is followed") {
  RCACHE_NEED_SERVER("redis");
  test::Cluster cluster(3);
  std::vector<Value> values;
  for (int i = 0; i < 1'000; ++i) values.push_back(value("cache:" + std::to_string(i)));
  Members tag;
  tag.container = "tag:1";
  for (int i = 0; i < 2'500; ++i) tag.members.push_back("member:" + std::to_string(i));
  const TempDir folder;
  const auto path = folder.write("backup", file_of(values, {tag}));
  const auto slot = cluster.slot_of("cache:500");
  const auto owner = cluster.owner(slot);
  // After the map was read the slot moves: its keys are answered with MOVED.
  const auto result =
      run_at(cluster.url(), {path}, [&] { cluster.move_slot(slot, owner, (owner + 1) % 3); });
  CHECK(result.document["restored"] == 1'000);
  CHECK(result.document["tag_members"] == 2'500);
  CHECK(result.document["complete"] == true);
  long long keys = 0;
  for (std::size_t i = 0; i < 3; ++i) keys += cluster.node(i).command({"DBSIZE"}).integer;
  CHECK(keys == 1'001);  // and no probe is left
  CHECK(cluster.command_for("cache:500", {"EXISTS", "cache:500"}).integer == 1);
  CHECK(cluster.command_for("tag:1", {"SCARD", "tag:1"}).integer == 2'500);
}

TEST_CASE("restore: a replica takes nothing, and a forbidden key is a failure of its own") {
  RCACHE_NEED_SERVER("redis");
  ServerOptions options;
  options.listen = test::Listen::tcp;
  Server primary(options);
  Server replica(options);
  replica.command({"REPLICAOF", "127.0.0.1", std::to_string(primary.port())});
  const TempDir folder;
  const auto path =
      folder.write("backup", file_of({value("cache:1"), value("secret:1"), value("cache:2")}));
  const auto refused = run_at(replica.url(), {path});
  REQUIRE_FALSE(refused.outcome);
  CHECK(refused.outcome.error().kind == ErrorKind::connect);

  primary.command({"ACL", "SETUSER", "bob", "on", ">pw", "~cache:*", "+restore", "+unlink", "+info",
                   "+time", "+client", "+exists", "+sadd"});
  const auto partly = run_at("redis://bob:pw@" + primary.address(), {path});
  CHECK(partly.document["restored"] == 2);
  CHECK(partly.document["failed"] == 1);
  CHECK(partly.document["failures"][0]["key"] == "secret:1");

  primary.command({"ACL", "SETUSER", "bob", "-restore"});
  const auto forbidden = run_at("redis://bob:pw@" + primary.address(), {path});
  REQUIRE_FALSE(forbidden.outcome);
  CHECK(forbidden.outcome.error().kind == ErrorKind::connect);
}

}  // namespace rcache::restore
