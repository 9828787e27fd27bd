#include <doctest/doctest.h>

#include "redis/live.h"
#include "redis/replies.h"
#include "redis/sentinel.h"
#include "support/deadline.h"
#include "support/sentinel.h"
#include "support/skip.h"

namespace rcache::redis {
namespace {

using test::SentinelGroup;

std::string sentinel_url(const std::string& hosts, const std::string& name = "mymaster") {
  return "redis-sentinel://" + hosts + "/" + name;
}

const Identity& who(const Deployment& servers) {
  return servers.nodes().front().identity;
}

TEST_CASE(
    "sentinel: leads to the primary or a replica, with dead sentinels among them, and follows "
    "failovers") {
  RCACHE_NEED_SERVER("redis");
  SentinelGroup group(3);
  World world;
  const auto dead = "127.0.0.1:" + std::to_string(test::free_port());
  const auto alive = group.sentinel(0).address();
  for (const auto& url :
       {group.url(), sentinel_url(dead + "," + alive), sentinel_url(alive + "," + dead)}) {
    CAPTURE(url);
    const auto servers = world.connect(settings_of(url));
    REQUIRE(servers);
    CHECK((*servers)->mode() == Mode::standalone);
    REQUIRE((*servers)->nodes().size() == 1);
    CHECK(who(**servers).role == "master");
    CHECK(who(**servers).run_id == group.server(0).info("run_id"));
  }
  auto replicas = settings_of(group.url());
  replicas.read_from = ReadFrom::replica;
  const auto replica = world.connect(replicas);
  REQUIRE(replica);
  CHECK(who(**replica).role == "slave");
  CHECK(who(**replica).run_id == group.server(1).info("run_id"));

  const auto servers = world.connect(settings_of(group.url()));
  REQUIRE(servers);
  group.failover();
  REQUIRE(world.run((*servers)->refresh()));
  CHECK(who(**servers).run_id == group.server(1).info("run_id"));
  CHECK(who(**servers).role == "master");
  CHECK(*world.run((*servers)->send_to_owner("k", {"SET", "k", "v"})) == status("OK"));

  auto& old = group.kill_primary();
  group.wait_for_failover(old);
  group.sentinel(2).kill();
  REQUIRE(world.run((*servers)->refresh()));
  CHECK(who(**servers).run_id == group.server(0).info("run_id"));
  CHECK(who(**servers).role == "master");
}

TEST_CASE("sentinel: a name that they do not know, and what is no sentinel, in a line of its own") {
  RCACHE_NEED_SERVER("redis");
  SentinelGroup group;
  World world;
  const auto host = group.sentinel(0).address();
  const auto fails_with = [&](ConnectSettings settings, const std::string& words) {
    for (const auto read_from : {ReadFrom::primary, ReadFrom::replica}) {
      CAPTURE(static_cast<int>(read_from));
      settings.read_from = read_from;
      const auto servers = world.connect(settings);
      REQUIRE_FALSE(servers);
      check_error(servers.error(), ErrorKind::connect, words);
      CHECK_FALSE(servers.error().hint.empty());
    }
  };
  fails_with(settings_of(sentinel_url(host, "other")),
             "the sentinels know no primary named 'other'");
  fails_with(settings_of(sentinel_url(group.server(0).address())),
             group.server(0).address() + " is not a sentinel");
  fails_with(settings_of("redis://" + host), host + " is a sentinel, not a server");
  const auto dead = "127.0.0.1:" + std::to_string(test::free_port());
  fails_with(settings_of(sentinel_url(dead)), "cannot connect to " + dead + ": Connection refused");
  fails_with(settings_of(sentinel_url(dead + "," + dead)),
             "no sentinel can be asked; the last one: cannot connect to " + dead);
}

TEST_CASE("sentinel: with a password, as user or alone") {
  RCACHE_NEED_SERVER("redis");
  SentinelGroup group;
  // Connections that are open stay logged in: the group goes on as before.
  group.sentinel(0).command({"SENTINEL", "SET", "mymaster", "auth-pass", "p"});
  group.server(0).command({"CONFIG", "SET", "requirepass", "p"});
  group.sentinel(0).command({"ACL", "SETUSER", "default", "on", ">p"});
  World world;
  auto settings = settings_of(group.url());
  const auto without = world.connect(settings);
  REQUIRE_FALSE(without);
  check_error(without.error(), ErrorKind::connect,
              group.sentinel(0).address() + " wants a password");
  settings.endpoint.password = "S3CR3T";
  const auto wrong = world.connect(settings);
  REQUIRE_FALSE(wrong);
  check_error(wrong.error(), ErrorKind::connect,
              group.sentinel(0).address() + " refused the login: WRONGPASS");
  settings.endpoint.password = "p";
  for (const char* user : {"", "default"}) {
    settings.endpoint.user = user;
    CHECK(world.connect(settings));
  }
}

TEST_CASE("sentinel: an old primary that calls itself a replica is not taken") {
  RCACHE_NEED_SERVER("redis");
  SentinelGroup group;
  World world;
  auto settings = settings_of(group.url());
  settings.reply_timeout = std::chrono::milliseconds(500);
  // The sentinel still names it, since it is told to wait for long before it does anything.
  group.sentinel(0).command({"SENTINEL", "SET", "mymaster", "down-after-milliseconds", "600000"});
  group.server(0).command({"REPLICAOF", "127.0.0.1", std::to_string(group.server(1).port())});
  const auto servers = world.connect(settings);
  REQUIRE_FALSE(servers);
  check_error(servers.error(), ErrorKind::connect,
              "as the primary of 'mymaster', but it is a replica");
}

}  // namespace
}  // namespace rcache::redis
