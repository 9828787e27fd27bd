#include <doctest/doctest.h>

#include "redis/fan_out.h"
#include "redis/live.h"
#include "redis/replies.h"
#include "support/deadline.h"
#include "support/server.h"
#include "support/skip.h"

namespace rcache::redis {
namespace {

using test::Listen;
using test::Server;

/// Serves a replica at once instead of after 5 s in which others could join it.
const test::ServerOptions k_primary{.listen = Listen::tcp,
                                    .arguments = {"--repl-diskless-sync-delay", "0"}};

std::unique_ptr<Server> replica_of(const Server& primary) {
  auto replica = std::make_unique<Server>(test::ServerOptions{
      .listen = Listen::tcp,
      .arguments = {"--replicaof", "127.0.0.1 " + std::to_string(primary.port())}});
  test::wait_until("the replica is connected",
                   [&] { return replica->info("master_link_status") == "up"; });
  return replica;
}

ConnectSettings reading_replicas(const std::string& url) {
  auto settings = settings_of(url);
  settings.read_from = ReadFrom::replica;
  return settings;
}

TEST_CASE("standalone: one node, all keys, and who it is") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  World world;
  const auto servers = world.connect(settings_of(server.url()));
  REQUIRE(servers);
  CHECK((*servers)->mode() == Mode::standalone);
  CHECK((*servers)->gaps().empty());
  REQUIRE((*servers)->nodes().size() == 1);
  const auto& node = (*servers)->nodes().front();
  CHECK(node.address.socket_path == server.socket_path());
  CHECK(node.slots.none());
  CHECK(node.identity.run_id == server.info("run_id"));
  CHECK(node.identity.role == "master");
  CHECK(node.identity.mode == "standalone");
  CHECK(node.identity.version == server.info("redis_version"));
  CHECK(node.identity.replication_id == server.info("master_replid"));
  REQUIRE(world.run((*servers)->send_to_owner("k", {"SET", "k", "v"})));
  CHECK(server.command({"GET", "k"}).text == "v");
  const auto wrong = world.run((*servers)->send_to_owner("k", {"LPUSH", "k", "v"}));
  REQUIRE(wrong);
  REQUIRE(wrong->error());
  CHECK(wrong->error()->code() == "WRONGTYPE");
  const auto sizes = world.run(ask_every_node(*servers, {"DBSIZE"}));
  REQUIRE(sizes.size() == 1);
  CHECK(*sizes[0] == number(1));
}

TEST_CASE("standalone: a refresh keeps the connection of a server that is still the same") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  World world;
  const auto servers = world.connect(settings_of(server.url()));
  REQUIRE(servers);
  const auto client = (*servers)->nodes().front().client;
  REQUIRE(world.run((*servers)->refresh()));
  CHECK((*servers)->nodes().front().client == client);
}

TEST_CASE("replica: is what it is when it is asked directly, and says so") {
  RCACHE_NEED_SERVER("redis");
  Server primary(k_primary);
  const auto replica = replica_of(primary);
  World world;
  for (const auto& settings : {settings_of(replica->url()), reading_replicas(replica->url())}) {
    const auto servers = world.connect(settings);
    REQUIRE(servers);
    const auto& identity = (*servers)->nodes().front().identity;
    CHECK(identity.role == "slave");
    CHECK(identity.run_id == replica->info("run_id"));
    CHECK(identity.replication_id == primary.info("master_replid"));
    const auto write = world.run((*servers)->send_to_owner("k", {"SET", "k", "v"}));
    REQUIRE(write);
    REQUIRE(write->error());
    CHECK(write->error()->code() == "READONLY");
  }
}

TEST_CASE("replica: --replica reads one in the place of the primary, never the primary itself") {
  RCACHE_NEED_SERVER("redis");
  Server primary(k_primary);
  World world;
  const auto none = world.connect(reading_replicas(primary.url()));
  REQUIRE_FALSE(none);
  check_error(none.error(), ErrorKind::connect,
              "127.0.0.1:" + std::to_string(primary.port()) + " has no replica that is online");
  CHECK(none.error().hint == "leave --replica out to read from the primary");

  const auto replica = replica_of(primary);
  test::wait_until("the primary calls the replica online", [&] {
    return primary.info("slave0").find("state=online") != std::string::npos;
  });
  const auto servers = world.connect(reading_replicas(primary.url()));
  REQUIRE(servers);
  REQUIRE((*servers)->nodes().size() == 1);
  CHECK((*servers)->nodes().front().identity.run_id == replica->info("run_id"));
  CHECK((*servers)->nodes().front().address.port == replica->port());

  replica->kill();
  test::wait_until("the primary has noticed",
                   [&] { return primary.info("connected_slaves") == "0"; });
  const auto gone = world.run((*servers)->refresh());
  REQUIRE_FALSE(gone);
  check_error(gone.error(), ErrorKind::connect, "has no replica that is online");
}

}  // namespace
}  // namespace rcache::redis
