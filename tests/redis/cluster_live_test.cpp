#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "redis/live.h"
#include "redis/replies.h"
#include "redis/slot.h"
#include "support/cluster.h"
#include "support/skip.h"

namespace rcache::redis {
namespace {

using test::Cluster;

/// A cluster whose nodes go on when another is missing.
const std::vector<std::string> k_tolerant = {"--cluster-require-full-coverage", "no"};

std::set<std::string> ids(const Deployment& servers) {
  std::set<std::string> result;
  for (const auto& node : servers.nodes()) result.insert(node.identity.node_id);
  return result;
}

SlotSet all_slots(const Deployment& servers) {
  SlotSet slots;
  for (const auto& node : servers.nodes()) {
    CHECK((slots & node.slots).none());
    slots |= node.slots;
  }
  return slots;
}

/// What the nodes say of themselves is what the deployment says of them.
void check_identities(Deployment& servers, World& world) {
  for (const auto& node : servers.nodes()) {
    CHECK(*world.run(node.client->send({"CLUSTER", "MYID"})) == bulk(node.identity.node_id));
    CHECK(node.identity.mode == "cluster");
    CHECK(node.identity.run_id.size() == 40);
  }
  CHECK(std::is_sorted(servers.nodes().begin(), servers.nodes().end(),
                       [](const Node& a, const Node& b) { return a.address < b.address; }));
}

TEST_CASE("cluster: every primary once, whichever node is asked first") {
  RCACHE_NEED_SERVER("redis");
  Cluster cluster(3, 1);
  World world;
  for (std::size_t first = 0; first < cluster.size(); ++first) {
    CAPTURE(first);
    const auto servers = world.connect(settings_of(cluster.node(first).url()));
    REQUIRE(servers);
    CHECK((*servers)->mode() == Mode::cluster);
    CHECK((*servers)->gaps().empty());
    CHECK(ids(**servers) == std::set<std::string>{cluster.id(0), cluster.id(1), cluster.id(2)});
    CHECK(all_slots(**servers).all());
    check_identities(**servers, world);
    for (const auto& node : (*servers)->nodes()) CHECK(node.identity.role == "master");
  }
  auto alone = settings_of(cluster.url());
  alone.this_node_only = true;
  const auto one = world.connect(alone);
  REQUIRE(one);
  CHECK((*one)->mode() == Mode::standalone);
  REQUIRE((*one)->nodes().size() == 1);
  CHECK((*one)->nodes().front().identity.run_id == cluster.node(0).info("run_id"));

  auto replicas = settings_of(cluster.url());
  replicas.read_from = ReadFrom::replica;
  const auto reading = world.connect(replicas);
  REQUIRE(reading);
  CHECK(ids(**reading) == std::set<std::string>{cluster.id(3), cluster.id(4), cluster.id(5)});
  CHECK(all_slots(**reading).all());
  for (const auto& node : (*reading)->nodes()) CHECK(node.identity.role == "slave");
  cluster.command_for("foo", {"SET", "foo", "bar"});
  test::wait_until("the replicas have the key", [&] {
    const auto value = world.run((*reading)->send_to_owner("foo", {"GET", "foo"}));
    return value && *value == bulk("bar");
  });

  auto database = settings_of(cluster.url() + "/1");
  const auto refused = world.connect(database);
  REQUIRE_FALSE(refused);
  check_error(refused.error(), ErrorKind::connect, "has no database 1");

  // A replica takes over by itself: refresh() follows, also when the first address is the one that
  // is gone.
  const auto servers = world.connect(settings_of(cluster.url()));
  REQUIRE(servers);
  const auto kept = (*servers)->nodes();
  cluster.kill_node(0);
  cluster.wait_for_promotion(3);
  REQUIRE(world.run((*servers)->refresh()));
  CHECK((*servers)->gaps().empty());
  CHECK(ids(**servers) == std::set<std::string>{cluster.id(1), cluster.id(2), cluster.id(3)});
  CHECK(all_slots(**servers).all());
  check_identities(**servers, world);
  for (const auto& before : kept) {
    for (const auto& node : (*servers)->nodes()) {
      if (node.identity.node_id == before.identity.node_id) CHECK(node.client == before.client);
    }
  }
  const auto without_a_replica = world.run((*reading)->refresh());
  if (without_a_replica) {
    REQUIRE((*reading)->gaps().size() == 1);
    CHECK(to_string((*reading)->gaps()[0].slots) == "0-5460");
    CHECK_FALSE((*reading)->gaps()[0].why.empty());
  }
}

TEST_CASE("cluster: a primary that is gone is a gap with its slots, and the others work") {
  RCACHE_NEED_SERVER("redis");
  Cluster cluster(3, 0, k_tolerant);
  World world;
  const auto servers = world.connect(settings_of(cluster.url()));
  REQUIRE(servers);
  const auto address = "127.0.0.1:" + std::to_string(cluster.node(1).port());
  cluster.kill_node(1);
  // Before and after the others have noticed.
  for (const bool noticed : {false, true}) {
    CAPTURE(noticed);
    if (noticed) {
      test::wait_until("the others have noticed", [&] {
        return cluster.node(0).command({"CLUSTER", "NODES"}).text.find("master,fail ") !=
               std::string::npos;
      });
    }
    REQUIRE(world.run((*servers)->refresh()));
    CHECK(ids(**servers) == std::set<std::string>{cluster.id(0), cluster.id(2)});
    REQUIRE((*servers)->gaps().size() == 1);
    const auto& gap = (*servers)->gaps()[0];
    // Redis 8 takes the slots away from a primary that has failed: then nobody is there to be
    // asked.
    const auto said = gap.what + ": " + gap.why;
    const bool asked = said == address + ": cannot connect to " + address + ": Connection refused";
    const bool known = said == "slots 5461-10921: no node serves them; failed: " + address;
    CAPTURE(said);
    CHECK((asked || (noticed && known)));
    CHECK(to_string(gap.slots) == "5461-10921");
    CHECK((all_slots(**servers) | gap.slots).all());
    const auto anew = world.connect(settings_of(cluster.url()));
    REQUIRE(anew);
    CHECK((*anew)->gaps().size() == 1);
  }
  REQUIRE(
      world.run((*servers)->send_to_owner("foo", {"SET", "foo", "v"})));  // slot 12182, of node 2
  for (const std::string key : {"a", "b", "c", "d", "e", "f", "g", "h"}) {
    if (key_slot(key) < 5461 || key_slot(key) > 10921) continue;
    const auto reply = world.run((*servers)->send_to_owner(key, {"GET", key}));
    REQUIRE_FALSE(reply);
    check_error(reply.error(), ErrorKind::connect,
                "no reachable node serves slot " + std::to_string(key_slot(key)));
  }
}

TEST_CASE("cluster: a node that is stopped costs one deadline and is a gap") {
  RCACHE_NEED_SERVER("redis");
  Cluster cluster(3, 0, k_tolerant);
  World world;
  auto settings = settings_of(cluster.url());
  settings.reply_timeout = std::chrono::milliseconds(1500);
  cluster.node(2).pause();
  const auto servers = world.connect(settings);
  REQUIRE(servers);
  CHECK(ids(**servers) == std::set<std::string>{cluster.id(0), cluster.id(1)});
  REQUIRE((*servers)->gaps().size() == 1);
  CHECK((*servers)->gaps()[0].why.find("did not answer within 1.5s") != std::string::npos);
  cluster.node(2).resume();
  cluster.wait_until_ok();
  // Redis 8 gives it its slots back in CLUSTER SHARDS only when the others take their FAIL back.
  test::wait_until("the cluster is whole again", [&] {
    return world.run((*servers)->refresh()) && (*servers)->gaps().empty();
  });
  CHECK((*servers)->nodes().size() == 3);
}

TEST_CASE(
    "cluster: slots that nobody serves are a gap; the map is also read from SLOTS and NODES") {
  RCACHE_NEED_SERVER("redis");
  Cluster cluster(3, 0, k_tolerant);
  World world;
  for (std::size_t i = 0; i < 3; ++i) {
    cluster.node(i).command({"ACL", "SETUSER", "all", "on", "nopass", "~*", "+@all"});
    cluster.node(i).command(
        {"ACL", "SETUSER", "no-shards", "on", "nopass", "~*", "+@all", "-cluster|shards"});
    cluster.node(i).command({"ACL", "SETUSER", "only-nodes", "on", "nopass", "~*", "+@all",
                             "-cluster|shards", "-cluster|slots"});
    cluster.node(i).command({"ACL", "SETUSER", "none", "on", "nopass", "~*", "+@all", "-cluster"});
  }
  const auto as = [&](const std::string& user) {
    auto settings = settings_of(cluster.url());
    settings.endpoint.user = user;
    settings.endpoint.password = "any";
    return world.connect(settings);
  };
  for (const char* user : {"all", "no-shards", "only-nodes"}) {
    CAPTURE(std::string(user));
    const auto servers = as(user);
    REQUIRE(servers);
    CHECK((*servers)->gaps().empty());
    CHECK(ids(**servers) == std::set<std::string>{cluster.id(0), cluster.id(1), cluster.id(2)});
    CHECK(all_slots(**servers).all());
  }
  const auto none = as("none");
  REQUIRE_FALSE(none);
  check_error(none.error(), ErrorKind::connect, "does not allow it: NOPERM");

  cluster.node(0).command({"CLUSTER", "DELSLOTS", "5", "7", "8"});
  for (const char* user : {"all", "no-shards", "only-nodes"}) {
    CAPTURE(std::string(user));
    const auto servers = as(user);
    REQUIRE(servers);
    CHECK((*servers)->nodes().size() == 3);
    REQUIRE((*servers)->gaps().size() == 1);
    CHECK((*servers)->gaps()[0].what == "slots 5, 7-8");
    CHECK((*servers)->gaps()[0].why == "no node serves them");
    CHECK(to_string((*servers)->gaps()[0].slots) == "5, 7-8");
  }
}

}  // namespace
}  // namespace rcache::redis
