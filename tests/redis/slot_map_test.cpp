#include "redis/slot_map.h"

#include <doctest/doctest.h>

#include "redis/replies.h"
#include "redis/slot.h"

namespace rcache::redis {
namespace {

const Address k_asked{.host = "10.9.9.9", .port = 7001, .socket_path = {}};

std::string at(const MapNode& node) {
  return to_string(node.address);
}

/// A node of CLUSTER SHARDS in the fields of 7.0.
Reply shard_node(const char* id, Reply endpoint, const char* role, const char* health,
                 std::int64_t port = 7001) {
  return list({bulk("id"), bulk(id), bulk("port"), number(port), bulk("ip"), bulk("10.0.0.1"),
               bulk("endpoint"), std::move(endpoint), bulk("role"), bulk(role),
               bulk("replication-offset"), number(14), bulk("health"), bulk(health)});
}
Reply shard(std::vector<Reply> ranges, std::vector<Reply> nodes) {
  return list({bulk("slots"), list(std::move(ranges)), bulk("nodes"), list(std::move(nodes))});
}

TEST_CASE("CLUSTER SHARDS: primaries and replicas with their slots, as 7.0 sends them") {
  const auto reply = list({
      shard({number(0), number(100), number(200), number(200)},
            {shard_node("a", bulk("10.0.0.1"), "master", "online"),
             shard_node("b", bulk("10.0.0.2"), "replica", "loading")}),
      shard({number(101), number(199)}, {shard_node("c", bulk("10.0.0.3"), "master", "fail")}),
      shard({}, {shard_node("d", bulk("10.0.0.4"), "master", "online")}),
  });
  const auto map = parse_cluster_shards(reply, k_asked, false);
  REQUIRE(map);
  REQUIRE(map->size() == 4);
  CHECK(at((*map)[0]) == "10.0.0.1:7001");
  CHECK((*map)[0].id == "a");
  CHECK((*map)[0].primary);
  CHECK((*map)[0].online);
  CHECK(to_string((*map)[0].slots) == "0-100, 200");
  CHECK_FALSE((*map)[1].primary);
  CHECK((*map)[1].online);
  CHECK((*map)[1].slots == (*map)[0].slots);
  CHECK((*map)[2].primary);
  CHECK_FALSE((*map)[2].online);
  CHECK(to_string((*map)[2].slots) == "101-199");
  CHECK((*map)[3].slots.none());
}

// Source: https://redis.io/docs/latest/commands/cluster-slots/ (NULL: the host that was asked; "?":
// unknown)
TEST_CASE(
    "CLUSTER SHARDS: a node without an endpoint is where we asked, one without a host name at its "
    "IP") {
  const auto map = parse_cluster_shards(
      list({shard({number(0), number(1)},
                  {shard_node("a", nil(), "master", "online"),
                   shard_node("b", bulk("?"), "replica", "online"),
                   shard_node("c", bulk(""), "replica", "online"),
                   shard_node("d", bulk("node.example"), "replica", "online")})}),
      k_asked, false);
  REQUIRE(map);
  REQUIRE(map->size() == 4);
  CHECK(at((*map)[0]) == "10.9.9.9:7001");
  CHECK(at((*map)[1]) == "10.0.0.1:7001");
  CHECK(at((*map)[2]) == "10.0.0.1:7001");
  CHECK(at((*map)[3]) == "node.example:7001");
}

TEST_CASE("CLUSTER SHARDS: the port that speaks as we do") {
  const auto both = [](std::int64_t port, std::int64_t tls_port) {
    return list(
        {shard({number(0), number(1)},
               {list({bulk("id"), bulk("a"), bulk("port"), number(port), bulk("tls-port"),
                      number(tls_port), bulk("ip"), bulk("h"), bulk("role"), bulk("master")})})});
  };
  CHECK(at(parse_cluster_shards(both(1, 2), k_asked, false)->front()) == "h:1");
  CHECK(at(parse_cluster_shards(both(1, 2), k_asked, true)->front()) == "h:2");
  CHECK(at(parse_cluster_shards(both(0, 2), k_asked, true)->front()) == "h:2");
  CHECK(at(parse_cluster_shards(both(1, 0), k_asked, true)->front()) == "h:1");
}

TEST_CASE("CLUSTER SLOTS: one node per address, with all its ranges, in the shapes of 3.0 to 7.0") {
  const auto node = [](Reply host, std::int64_t port, const char* id) {
    return list({std::move(host), number(port), bulk(id), list({})});
  };
  const auto map = parse_cluster_slots(
      list({list({number(0), number(99), node(bulk("10.0.0.1"), 1, "a"),
                  node(bulk("10.0.0.2"), 2, "b")}),
            list({number(100), number(100), list({bulk("10.0.0.3"), number(3)})}),
            list({number(16000), number(16383), node(bulk("10.0.0.1"), 1, "a")}),
            list({number(200), number(200), node(bulk(""), 4, "d")}),
            list({number(201), number(201), node(nil(), 5, "e")}),
            list({number(202), number(202),
                  list({bulk("?"), number(6), bulk("f"), list({bulk("ip"), bulk("10.0.0.6")})})})}),
      k_asked);
  REQUIRE(map);
  REQUIRE(map->size() == 6);
  CHECK(at((*map)[0]) == "10.0.0.1:1");
  CHECK((*map)[0].id == "a");
  CHECK((*map)[0].primary);
  CHECK(to_string((*map)[0].slots) == "0-99, 16000-16383");
  CHECK_FALSE((*map)[1].primary);
  CHECK(to_string((*map)[1].slots) == "0-99");
  CHECK((*map)[2].id == "");
  CHECK(at((*map)[3]) == "10.9.9.9:4");
  CHECK(at((*map)[4]) == "10.9.9.9:5");
  CHECK(at((*map)[5]) == "10.0.0.6:6");
}

TEST_CASE(
    "CLUSTER NODES: flags, links, host names, and a failed primary whose replica was promoted") {
  const auto map = parse_cluster_nodes(
      "0379 127.0.0.1:27104@37104 master - 0 1795254431456 4 connected 0-5460\n"
      "0778 127.0.0.1:27101@37101 master,fail - 1795254428113 1795254427611 1 disconnected\n"
      "6553 127.0.0.1:27102@37102,host.example myself,master - 0 1795254431000 2 connected "
      "5461-10000 10922 [93-<-0379] [5461->-0379]\n"
      "4444 :0@0 slave,noaddr 6553 0 0 2 disconnected\n"
      "5555 127.0.0.1:27105@37105 handshake - 0 0 0 connected\n"
      "429c 127.0.0.1:27103@37103 slave,fail? 6553 0 1795254431355 3 connected\n"
      "7777 [::1]:27106 slave 6553 0 1795254431355 3 disconnected\r\n",
      k_asked);
  REQUIRE(map);
  REQUIRE(map->size() == 5);
  CHECK(to_string((*map)[0].slots) == "0-5460");
  CHECK((*map)[0].online);
  CHECK((*map)[1].primary);
  CHECK_FALSE((*map)[1].online);
  CHECK((*map)[1].slots.none());
  CHECK(at((*map)[2]) == "127.0.0.1:27102");
  CHECK(to_string((*map)[2].slots) == "5461-10000, 10922");
  CHECK_FALSE((*map)[3].primary);
  CHECK((*map)[3].online);
  CHECK((*map)[3].slots == (*map)[2].slots);
  CHECK((*map)[4].address.port == 27106);
  CHECK_FALSE((*map)[4].online);
}

TEST_CASE("CLUSTER NODES: a node that does not know its own address is where we asked") {
  const auto map =
      parse_cluster_nodes("a :7001@17001 myself,master - 0 0 0 connected 0-16383\n", k_asked);
  REQUIRE(map);
  CHECK(at(map->front()) == "10.9.9.9:7001");
}

TEST_CASE("parse_own_slots: what the node itself serves and what it has on the move") {
  const auto own = parse_own_slots(
      "a 127.0.0.1:1@2 master - 0 0 1 connected 0-5460 [7->-b]\n"
      "b 127.0.0.1:3@4 myself,master - 0 0 2 connected 5461-16383 [93-<-a] [5461->-a]\n");
  REQUIRE(own);
  CHECK(to_string(own->served) == "5461-16383");
  CHECK(to_string(own->moving) == "93, 5461");
  const auto missing = parse_own_slots("a 127.0.0.1:1@2 master - 0 0 1 connected 0-5460\n");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().message ==
        "cannot read the reply of CLUSTER NODES: the node itself is missing");
}

TEST_CASE("slot maps: replies of another shape are refused and not guessed at") {
  const auto member = shard_node("a", bulk("h"), "master", "online");
  const Reply shards[] = {
      bulk("x"),
      nil(),
      list({bulk("x")}),
      list({list({bulk("slots"), list({})})}),
      list({list({bulk("nodes"), list({})})}),
      list({shard({number(0), number(16384)}, {member})}),
      list({shard({number(-1), number(5)}, {member})}),
      list({shard({number(9), number(5)}, {member})}),
      list({shard({bulk("0"), bulk("5")}, {member})}),
      list({shard({number(0), number(INT64_MAX)}, {member})}),
      list({shard({number(0)}, {member})}),
      list({list({bulk("slots"), bulk("0"), bulk("nodes"), list({member})})}),
      list({list({bulk("slots"), list({}), bulk("nodes"), number(1)})}),
      list({shard({number(0), number(1)}, {bulk("x")})}),
      list({shard({number(0), number(1)}, {list({bulk("id")})})}),
      list({shard({number(0), number(1)}, {shard_node("a", bulk("h"), "master", "online", 0)})}),
      list(
          {shard({number(0), number(1)}, {shard_node("a", bulk("h"), "master", "online", 70000)})}),
  };
  for (std::size_t i = 0; i < std::size(shards); ++i) {
    CAPTURE(i);
    const auto map = parse_cluster_shards(shards[i], k_asked, false);
    REQUIRE_FALSE(map);
    CHECK(map.error().kind == ErrorKind::protocol);
    CHECK(map.error().message.starts_with("cannot read the reply of CLUSTER SHARDS: "));
  }
  const auto good_node = list({bulk("h"), number(1)});
  const Reply slots[] = {
      bulk("x"),
      nil(),
      list({number(1)}),
      list({list({number(0), number(1)})}),
      list({list({number(0), number(16384), good_node})}),
      list({list({bulk("0"), number(1), good_node})}),
      list({list({number(0), number(1), bulk("h")})}),
      list({list({number(0), number(1), list({bulk("h")})})}),
      list({list({number(0), number(1), list({bulk("h"), bulk("1")})})}),
      list({list({number(0), number(1), list({bulk("h"), number(0)})})}),
      list({list({number(0), number(1), list({bulk("h"), number(65537)})})}),
      list({list({number(0), number(1), list({bulk("h"), number(-1)})})}),
  };
  for (std::size_t i = 0; i < std::size(slots); ++i) {
    CAPTURE(i);
    const auto map = parse_cluster_slots(slots[i], k_asked);
    REQUIRE_FALSE(map);
    CHECK(map.error().kind == ErrorKind::protocol);
    CHECK(map.error().message.starts_with("cannot read the reply of CLUSTER SLOTS: "));
  }
  for (const char* nodes :
       {"x\n", "a b c d e f g\n", "a h master - 0 0 1 connected\n",
        "a h:x@1 master - 0 0 1 connected\n", "a h:0@1 master - 0 0 1 connected\n",
        "a h:65536 master - 0 0 1 connected\n", "a h:1@2 master - 0 0 1 connected 0-16384\n",
        "a h:1@2 master - 0 0 1 connected 5-1\n", "a h:1@2 master - 0 0 1 connected x\n",
        "a h:1@2 master - 0 0 1 connected -5\n", "a h:1@2 master - 0 0 1 connected [x->-b]\n",
        "a h:1@2 master - 0 0 1 connected [99999->-b]\n", "\x1b[31m\n"}) {
    CAPTURE(nodes);
    const auto map = parse_cluster_nodes(nodes, k_asked);
    REQUIRE_FALSE(map);
    CHECK(map.error().kind == ErrorKind::protocol);
    CHECK(map.error().message.starts_with("cannot read the reply of CLUSTER NODES: "));
    CHECK(map.error().message.find('\x1b') == std::string::npos);
  }
  CHECK(parse_cluster_shards(list({}), k_asked, false)->empty());
  CHECK(parse_cluster_slots(list({}), k_asked)->empty());
  CHECK(parse_cluster_nodes("", k_asked)->empty());
}

}  // namespace
}  // namespace rcache::redis
