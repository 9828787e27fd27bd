#include <doctest/doctest.h>

#include "redis/live.h"
#include "redis/slot.h"
#include "support/relay.h"
#include "support/server.h"
#include "support/skip.h"

namespace rcache::redis {
namespace {

using test::Listen;
using test::Server;

const std::string k_password = "S3CR3T-%40\"'";

Result<std::shared_ptr<Deployment>> log_in(World& world, Server& server, const std::string& user,
                                           std::optional<std::string> password, int database = 0) {
  auto settings = settings_of(server.url());
  settings.endpoint.user = user;
  settings.endpoint.password = std::move(password);
  settings.endpoint.database = database;
  auto servers = world.connect(settings);
  if (!servers)
    CHECK((servers.error().message + servers.error().hint).find("S3CR3T") == std::string::npos);
  return servers;
}

void check_refused(Server& server, const std::string& user, std::optional<std::string> password,
                   const std::string& words) {
  World world;
  const auto servers = log_in(world, server, user, std::move(password));
  REQUIRE_FALSE(servers);
  check_error(servers.error(), ErrorKind::connect, words);
  CHECK_FALSE(servers.error().hint.empty());
}

TEST_CASE("login: by password") {
  RCACHE_NEED_SERVER("redis");
  Server server({.password = k_password});
  World world;
  CHECK(log_in(world, server, "", k_password));
  CHECK(log_in(world, server, "default", k_password));
  check_refused(server, "", {}, "wants a password");
  check_refused(server, "", "", "refused the login: WRONGPASS");
  check_refused(server, "", k_password + "x", "refused the login: WRONGPASS");
  check_refused(server, "nobody", k_password, "refused the login: WRONGPASS");
}

TEST_CASE("login: a password for a server that has none is refused, not ignored") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  check_refused(server, "", k_password,
                "refused the login: ERR AUTH <password> called without any password configured");
}

TEST_CASE("login: as an ACL user, who may do much or next to nothing") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  server.command(
      {"ACL", "SETUSER", "reader", "on", ">" + k_password, "~*", "+@read", "+info", "+client"});
  server.command({"ACL", "SETUSER", "poor", "on", ">" + k_password, "~*", "+get"});
  server.command({"ACL", "SETUSER", "open", "on", "nopass", "+info"});
  server.command({"ACL", "SETUSER", "closed", "off", ">" + k_password, "+@all"});
  World world;
  const auto reader = log_in(world, server, "reader", k_password);
  REQUIRE(reader);
  CHECK((*reader)->nodes().front().identity.run_id == server.info("run_id"));
  const auto poor = log_in(world, server, "poor", k_password);
  REQUIRE(poor);
  CHECK((*poor)->nodes().front().identity.run_id == "");
  const auto value = world.run((*poor)->send_to_owner("k", {"GET", "k"}));
  REQUIRE(value);
  CHECK(value->get<Nil>());
  CHECK(log_in(world, server, "open", {}));
  check_refused(server, "closed", k_password, "refused the login: WRONGPASS");
  check_refused(server, "reader", {}, "refused the login: WRONGPASS");
}

TEST_CASE("login: says its name, and database 3 is database 3") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  server.command({"SELECT", "3"});
  server.command({"SET", "k", "in 3"});
  World world;
  const auto servers = log_in(world, server, "", {}, 3);
  REQUIRE(servers);
  const auto value = world.run((*servers)->send_to_owner("k", {"GET", "k"}));
  REQUIRE(value);
  CHECK(*value->get<std::string>() == "in 3");
  CHECK(server.command({"CLIENT", "LIST"}).text.find(" name=rcache ") != std::string::npos);
  const auto none = log_in(world, server, "", {}, 16);
  REQUIRE_FALSE(none);
  check_error(none.error(), ErrorKind::connect, "has no database 16: ERR DB index is out of range");
}

TEST_CASE("login: AUTH renamed away does not give the password away") {
  RCACHE_NEED_SERVER("redis");
  Server server({.arguments = {"--rename-command", "AUTH", ""}});
  check_refused(server, "", k_password, "refused the login: ERR unknown command 'AUTH'");
}

TEST_CASE("login: a server that is full says so") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  server.command({"CONFIG", "SET", "maxclients", "1"});  // the test's own connection
  check_refused(server, "", {}, "has no room for another client: ERR max number of clients");
}

TEST_CASE("login: a server that is loading says so, and how far it is") {
  RCACHE_NEED_SERVER("redis");
  Server server({.arguments = {"--key-load-delay", "1000",
                               "--loading-process-events-interval-bytes", "1024"}});
  std::vector<test::Words> keys;
  for (int i = 0; i < 20000; ++i) keys.push_back({"SET", std::to_string(i), std::string(100, 'x')});
  server.pipeline(keys);
  server.command({"SAVE"});
  server.restart();
  check_refused(server, "", {}, "is still loading its data into memory (");
}

TEST_CASE("login: key_slot() is the slot that a server computes, for 10,000 keys of any bytes") {
  RCACHE_NEED_SERVER("redis");
  Server server({.listen = Listen::tcp, .cluster = true});
  std::uint32_t random = 1;
  const auto next = [&random](std::uint32_t below) {
    random = random * 1664525U + 1013904223U;
    return (random >> 8U) % below;
  };
  std::vector<test::Words> questions;
  for (int i = 0; i < 10000; ++i) {
    std::string key;
    for (auto left = next(20); left > 0; --left) {
      key.push_back(next(3) == 0 ? "{}"[next(2)] : static_cast<char>(next(256)));
    }
    questions.push_back({"CLUSTER", "KEYSLOT", std::move(key)});
  }
  const auto answers = server.pipeline(questions);
  int different = 0;
  for (std::size_t i = 0; i < questions.size(); ++i)
    different += key_slot(questions[i][2]) != answers[i].integer;
  CHECK(different == 0);
}

}  // namespace
}  // namespace rcache::redis
