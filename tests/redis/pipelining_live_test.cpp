#include <doctest/doctest.h>

#include "redis/asio.h"
#include "redis/fake_server.h"
#include "redis/live.h"
#include "redis/replies.h"
#include "support/relay.h"
#include "support/server.h"
#include "support/skip.h"

namespace rcache::redis {
namespace {

using test::Direction;
using test::Listen;
using test::Relay;
using test::Server;

/// Sends ECHO `name`0, `name`1, ... in pipelines of several sizes. Out: how many replies were not
/// its own.
asio::awaitable<int> echo_many(std::shared_ptr<Client> client, std::string name, int count) {
  int wrong = 0;
  for (int sent = 0, batch = 1; sent < count; sent += batch, batch = 1 + (batch * 7 + 3) % 200) {
    batch = std::min(batch, count - sent);
    Commands commands;
    for (int i = 0; i < batch; ++i) commands.add({"ECHO", name + std::to_string(sent + i)});
    auto replies = co_await client->pipeline(std::move(commands));
    if (!replies || replies->size() != static_cast<std::size_t>(batch)) co_return count;
    for (int i = 0; i < batch; ++i) {
      if ((*replies)[static_cast<std::size_t>(i)] != bulk(name + std::to_string(sent + i))) ++wrong;
    }
  }
  co_return wrong;
}

TEST_CASE("connection: coroutines that share it get their own replies, however the bytes are cut") {
  RCACHE_NEED_SERVER("redis");
  Server server({.listen = Listen::tcp});
  Relay relay(server.address());
  for (const std::size_t fragment : {0, 7, 100}) {
    CAPTURE(fragment);
    relay.set(Direction::up, {.fragment = fragment});
    relay.set(Direction::down, {.fragment = fragment});
    World world;
    auto client = world.open(settings_of(relay.url()));
    REQUIRE(client);
    std::vector<asio::awaitable<int>> tasks;
    for (const char* name : {"a", "bb"}) tasks.push_back(echo_many(*client, name, 5000));
    CHECK(world.run(gather(std::move(tasks))) == std::vector<int>{0, 0});
  }
}

TEST_CASE("connection: writing does not wait for replies, nor reading for writes") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  World world;
  auto client = world.open(settings_of(server.url()));
  REQUIRE(client);
  // 32 MB each way: more than all buffers between us hold, so one that only wrote first would never
  // end.
  const std::string large(16384, 'x');
  Commands commands;
  for (int i = 0; i < 2000; ++i) commands.add({"ECHO", large});
  const auto replies = world.run((*client)->pipeline(std::move(commands)));
  REQUIRE(replies);
  CHECK(replies->size() == 2000);
  CHECK(replies->back() == bulk(large));
}

TEST_CASE("connection: many requests at once cost one round trip") {
  World world;
  std::string pongs;
  for (int i = 0; i < 500; ++i) pongs += ":" + std::to_string(i) + "\r\n";
  // Silent until all 500 have come: a client that waited for a reply before the next request would
  // never end.
  FakeServer server(world.io, {{500, pongs}});
  auto client = world.open(settings_of(server.address()));
  REQUIRE(client);
  std::vector<asio::awaitable<Result<Reply>>> requests;
  for (int i = 0; i < 500; ++i) requests.push_back((*client)->send({"INCR", std::to_string(i)}));
  const auto replies = world.run(gather(std::move(requests)));
  REQUIRE(replies.size() == 500);
  for (int i = 0; i < 500; ++i) CHECK(*replies[static_cast<std::size_t>(i)] == number(i));
}

TEST_CASE("connection: nothing to send needs no server") {
  World world;
  FakeServer server(world.io, {});
  auto client = world.open(settings_of(server.address()));
  REQUIRE(client);
  const auto replies = world.run((*client)->pipeline({}));
  REQUIRE(replies);
  CHECK(replies->empty());
}

}  // namespace
}  // namespace rcache::redis
