#include <doctest/doctest.h>
#include <fmt/format.h>

#include "core/info.h"
#include "redis/scan_live.h"
#include "support/server.h"

namespace rcache::redis {
namespace {

using test::Server;
using namespace std::chrono_literals;

std::vector<std::string> set_keys(Server& server, std::size_t count,
                                  const std::string& prefix = "key:") {
  std::vector<std::string> keys;
  std::vector<test::Words> commands;
  for (std::size_t i = 0; i < count; ++i) {
    keys.push_back(prefix + std::to_string(i));
    commands.push_back({"SET", keys.back(), "value"});
  }
  server.pipeline(commands);
  return keys;
}

std::int64_t calls_of(Server& server, const std::string& command) {
  const auto pairs = server.info("cmdstat_" + command);
  return parse_integer(parse_info_pairs(pairs)["calls"]).value_or(0);
}

TEST_CASE("scan: an empty server is covered completely and has nothing") {
  Server server;
  const auto walked = walk_all(server.url());
  CHECK(walked.seen.empty());
  CHECK(walked.coverage.complete);
  CHECK(walked.coverage.reasons.empty());
  CHECK(walked.coverage.passes == 1);
}

TEST_CASE("scan: every key comes once, whatever bytes it is made of") {
  Server server;
  auto keys = set_keys(server, 20000);
  const std::vector<std::string> hostile = {
      "",        std::string("a\0b", 3),  "line\nbreak", "\x1b[2J", "\xff\xfe", "'\"`$(x)",
      "*?[a]\\", std::string(100000, 'k')};
  for (const auto& key : hostile) {
    server.command({"SET", key, "1"});
    keys.push_back(key);
  }
  const auto walked = walk_all(server.url());
  CHECK(walked.seen.size() == keys.size());
  CHECK(walked.missing_of(keys) == 0);
  CHECK(walked.repeats() == 0);
  CHECK(walked.coverage.complete);
  CHECK(walked.coverage.keys == keys.size());
}

TEST_CASE("scan: the server filters by pattern and by type") {
  Server server;
  set_keys(server, 500, "a:");
  set_keys(server, 500, "b:");
  server.command({"SADD", "a:set", "1"});
  CHECK(walk_all(server.url(), {.match = "a:*"}).seen.size() == 501);
  CHECK(walk_all(server.url(), {.type = "set"}).seen.size() == 1);
  CHECK(walk_all(server.url(), {.match = "b:*", .type = "set"}).seen.empty());
}

TEST_CASE("scan: a reader that does not read is not run ahead of") {
  Server server;
  set_keys(server, 5000);
  World world;
  auto servers = world.connect(settings_of(server.url()));
  REQUIRE(servers);
  const auto read_one = [](std::shared_ptr<Deployment> over,
                           Server& counted) -> asio::awaitable<std::int64_t> {
    Scan scan(over, {.count = 10});
    auto first = co_await scan.next();
    if (!first) throw test::Failure(first.error().message);
    // Everybody else's turn, often: were the scan not held back, it would run to its end here.
    for (int i = 0; i < 2000; ++i) {
      Args ping{"PING"};
      co_await over->nodes().front().client->send(std::move(ping));
    }
    co_return calls_of(counted, "scan");
  };
  const auto calls = world.run(read_one(*servers, server));
  CHECK(calls >= 1);
  CHECK(calls <= 4);
}

TEST_CASE("scan: several lanes bring every key once while nothing changes") {
  Server server;
  const auto keys = set_keys(server, 50000);
  for (const std::size_t lanes : {2U, 4U, 16U, 64U}) {
    CAPTURE(lanes);
    const auto walked = walk_all(server.url(), {.count = 100, .lanes = lanes});
    CHECK(walked.coverage.complete);
    CHECK(walked.seen.size() == keys.size());
    CHECK(walked.repeats() == 0);
  }
}

TEST_CASE(
    "scan: no key that is there throughout is missed while the table grows and shrinks, in any "
    "number of lanes") {
  for (const std::size_t lanes : {1U, 5U, 16U}) {
    CAPTURE(lanes);
    Server server;
    const auto keys = set_keys(server, 20000, "stays:");
    std::size_t added = 0;
    const auto change = [&](int batch) {
      if (batch <= 100) {
        set_keys(server, 1000, fmt::format("goes:{}:", batch));
        added = static_cast<std::size_t>(batch);
      } else if (batch % 2 == 0 && added > 0) {
        std::vector<test::Words> removals;
        for (int i = 0; i < 1000; ++i)
          removals.push_back({"UNLINK", fmt::format("goes:{}:{}", added, i)});
        server.pipeline(removals);
        --added;
      }
    };
    const auto walked = walk_all(server.url(), {.count = 100, .lanes = lanes}, change);
    CHECK(walked.missing_of(keys) == 0);
    CHECK(walked.coverage.complete);
  }
}

TEST_CASE("scan: a server that restarted in the middle is walked again from the start") {
  Server server({.arguments = {"--appendonly", "yes", "--appendfsync", "always"}});
  const auto keys = set_keys(server, 5000);
  bool restarted = false;
  const auto walked = walk_all(server.url(), {.count = 50}, [&](int batch) {
    if (batch != 20 || restarted) return;
    restarted = true;
    server.kill();
    server.restart();
  });
  CAPTURE(walked.reasons());
  CHECK(restarted);
  CHECK(walked.coverage.complete);
  CHECK(walked.coverage.passes == 2);
  CHECK(walked.missing_of(keys) == 0);
}

TEST_CASE(
    "scan: a server that stays away leaves the scan incomplete, with the reason, and without a "
    "hang") {
  Server server;
  set_keys(server, 5000);
  const auto walked = walk_all(server.url(), {.count = 50, .patience = 300ms}, [&](int batch) {
    if (batch == 20) server.kill();
  });
  CHECK_FALSE(walked.coverage.complete);
  CHECK(walked.reasons().find("cannot connect to") != std::string::npos);
  CHECK(walked.seen.size() < 5000);
}

TEST_CASE("scan: a user who may not SCAN is told so at once") {
  Server server;
  server.command({"ACL", "SETUSER", "bob", "on", ">pw", "~*", "+@all", "-scan"});
  auto settings = settings_of(server.url());
  settings.endpoint.user = "bob";
  settings.endpoint.password = "pw";
  World world;
  auto servers = world.connect(settings);
  REQUIRE(servers);
  const auto walked = world.run(walk(*servers, {}, {}));
  REQUIRE(walked.error);
  check_error(*walked.error, ErrorKind::connect, "NOPERM");
  CHECK_FALSE(walked.coverage.complete);
}

TEST_CASE("scan: Ctrl-C ends it") {
  Server server;
  set_keys(server, 5000);
  World world;
  auto servers = world.connect(settings_of(server.url()));
  REQUIRE(servers);
  const auto walked = world.run(walk(*servers, {.count = 10}, [&](int batch) {
    if (batch == 5) world.interrupt.request(2);
  }));
  REQUIRE(walked.error);
  CHECK(walked.error->kind == ErrorKind::interrupted);
  CHECK_FALSE(walked.coverage.complete);
}

TEST_CASE("scan: one that is dropped in the middle leaves the connection usable") {
  Server server;
  set_keys(server, 5000);
  World world;
  auto servers = world.connect(settings_of(server.url()));
  REQUIRE(servers);
  const auto drop_and_ping =
      [](std::shared_ptr<Deployment> over) -> asio::awaitable<Result<Reply>> {
    {
      Scan scan(over, {.count = 10, .lanes = 8});
      co_await scan.next();
    }
    Args ping{"PING"};
    co_return co_await over->nodes().front().client->send(std::move(ping));
  };
  const auto pong = world.run(drop_and_ping(*servers));
  REQUIRE(pong);
  CHECK(*pong == Reply{Status("PONG")});
}

}  // namespace
}  // namespace rcache::redis
