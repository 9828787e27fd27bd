#include <doctest/doctest.h>

#include "redis/asio.h"
#include "redis/fake_server.h"
#include "redis/live.h"
#include "redis/replies.h"
#include "support/cluster.h"
#include "support/skip.h"

namespace rcache::redis {
namespace {

using test::Cluster;

/// Does something to the servers while the program waits.
class Soon {
 public:
  template <typename Function>
  Soon(World& world, Function function) : timer_(world.io, std::chrono::milliseconds(150)) {
    timer_.async_wait([function](asio::error_code error) {
      if (!error) function();
    });
  }

 private:
  asio::steady_timer timer_;
};

Result<Reply> get(World& world, Deployment& servers, const std::string& key) {
  return world.run(servers.send_to_owner(key, {"GET", key}));
}

const Node& server_of(const Deployment& servers, int slot) {
  for (const auto& node : servers.nodes()) {
    if (node.slots[static_cast<std::size_t>(slot)]) return node;
  }
  throw test::Failure("nobody has slot " + std::to_string(slot));
}

TEST_CASE("send_to_owner: follows a slot that moves, at every stage of the move") {
  RCACHE_NEED_SERVER("redis");
  Cluster cluster;
  World world;
  const auto servers = world.connect(settings_of(cluster.url()));
  REQUIRE(servers);
  const int slot = cluster.slot_of("{a}");
  const auto from = cluster.owner(slot);
  const auto to = (from + 1) % 3;
  for (int i = 0; i < 10; ++i) {
    const auto key = "{a}" + std::to_string(i);
    CHECK(*world.run((*servers)->send_to_owner(key, {"SET", key, "v"})) == status("OK"));
  }
  const auto check_all = [&] {
    for (int i = 0; i < 10; ++i)
      CHECK(*get(world, **servers, "{a}" + std::to_string(i)) == bulk("v"));
    CHECK(*get(world, **servers, "{a}none") == nil());
  };
  check_all();
  cluster.begin_move(slot, from, to, 5);
  check_all();  // ASK, without a new map
  CHECK(server_of(**servers, slot).address.port == cluster.node(from).port());

  // Several keys, some here and some there: refused until the move is over.
  const Args all{"MGET", "{a}0", "{a}1", "{a}2", "{a}3", "{a}4",
                 "{a}5", "{a}6", "{a}7", "{a}8", "{a}9"};
  auto short_of_time = settings_of(cluster.url());
  short_of_time.reply_timeout = std::chrono::milliseconds(600);
  const auto impatient_servers = world.connect(short_of_time);
  REQUIRE(impatient_servers);
  const auto too_late = world.run((*impatient_servers)->send_to_owner("{a}", all));
  REQUIRE(too_late);
  REQUIRE(too_late->error());
  CHECK(too_late->error()->code() == "TRYAGAIN");
  const Soon end(world, [&] { cluster.end_move(slot, from, to); });
  CHECK(*world.run((*servers)->send_to_owner("{a}", all)) ==
        list(std::vector<Reply>(10, bulk("v"))));

  check_all();  // MOVED, and a new map
  CHECK(server_of(**servers, slot).address.port == cluster.node(to).port());
  CHECK((*servers)->gaps().empty());
}

TEST_CASE("send_to_owner: waits for a cluster that is down for a moment") {
  RCACHE_NEED_SERVER("redis");
  Cluster cluster;
  World world;
  const auto servers = world.connect(settings_of(cluster.url()));
  REQUIRE(servers);
  const int slot = cluster.slot_of("foo");
  auto& node = cluster.node(cluster.owner(slot));
  const auto unserved = std::to_string(slot - 1);
  node.command({"SET", "foo", "v"});
  node.command({"CLUSTER", "DELSLOTS", unserved});
  test::wait_until("the cluster is down", [&] {
    return node.try_command({"GET", "foo"}).text.starts_with("CLUSTERDOWN");
  });
  const Soon repaired(world, [&] { node.command({"CLUSTER", "ADDSLOTS", unserved}); });
  CHECK(*get(world, **servers, "foo") == bulk("v"));
}

TEST_CASE("send_to_owner: redirections without an end are given up after five hops") {
  World world;
  std::vector<Turn> turns{{k_login, login_replies(k_info)}};
  for (int i = 0; i < 20; ++i) {
    turns.push_back({1, "-MOVED 12182 127.0.0.1:@PORT@\r\n"});
    turns.push_back({k_login, login_replies(k_info)});
  }
  FakeServer server(world.io, turns);
  const auto servers = world.connect(settings_of(server.address()));
  REQUIRE(servers);
  const auto reply = get(world, **servers, "foo");
  REQUIRE(reply);
  REQUIRE(reply->error());
  CHECK(reply->error()->code() == "MOVED");
  int asked = 0;
  for (const auto& words : server.received()) asked += words == Args{"GET", "foo"} ? 1 : 0;
  CHECK(asked == 6);
  CHECK(server.accepted() == 1);
}

TEST_CASE("send_to_owner: a redirection without a host leads to the one that answered") {
  for (const char* host : {"", "?"}) {
    CAPTURE(std::string(host));
    World world;
    FakeServer second(world.io, {{k_login, login_replies(k_info)}, {2, "+OK\r\n$1\r\nv\r\n"}});
    const auto port = std::to_string(second.address().port);
    FakeServer first(world.io, {{k_login, login_replies(k_info)},
                                {1, "-ASK 12182 " + std::string(host) + ":" + port + "\r\n"}});
    const auto servers = world.connect(settings_of(first.address()));
    REQUIRE(servers);
    const auto reply = get(world, **servers, "foo");
    REQUIRE(reply);
    CHECK(*reply == bulk("v"));
    CHECK(second.received().at(k_login) == Args{"ASKING"});
  }
}

TEST_CASE("send_to_owner: a redirection to nowhere is the reply itself") {
  for (const char* where : {"", "x", "h:", "h:0", "h:65536", "h:x", ":"}) {
    CAPTURE(std::string(where));
    World world;
    FakeServer server(world.io, {{k_login, login_replies(k_info)},
                                 {1, "-ASK 12182 " + std::string(where) + "\r\n"}});
    const auto servers = world.connect(settings_of(server.address()));
    REQUIRE(servers);
    const auto reply = get(world, **servers, "foo");
    REQUIRE(reply);
    REQUIRE(reply->error());
    CHECK(reply->error()->code() == "ASK");
  }
}

TEST_CASE(
    "send_to_owner: several keys that are still on their way are waited for, however often that "
    "takes") {
  World world;
  std::vector<Turn> turns{{k_login, login_replies(k_info)}};
  for (int i = 0; i < 7; ++i) {
    turns.push_back({1, "-ASK 12182 127.0.0.1:@PORT@\r\n"});
    turns.push_back({2, "+OK\r\n-TRYAGAIN Multiple keys request during rehashing of slot\r\n"});
  }
  turns.push_back({1, "$1\r\nv\r\n"});
  FakeServer server(world.io, turns);
  const auto servers = world.connect(settings_of(server.address()));
  REQUIRE(servers);
  CHECK(*get(world, **servers, "foo") == bulk("v"));
}

}  // namespace
}  // namespace rcache::redis
