#include "redis/shard_choice.h"

#include <doctest/doctest.h>

#include "redis/redirect.h"

namespace rcache::redis {
namespace {

MapNode map_node(std::uint16_t port, bool primary, bool online, std::size_t first,
                 std::size_t last) {
  MapNode node;
  node.address = {.host = "10.0.0.1", .port = port, .socket_path = {}};
  node.primary = primary;
  node.online = online;
  for (auto slot = first; slot <= last; ++slot) node.slots.set(slot);
  return node;
}

std::vector<int> ports_of(const std::vector<MapNode>& nodes) {
  std::vector<int> ports;
  for (const auto& node : nodes) ports.push_back(node.address.port);
  return ports;
}

TEST_CASE("choose_nodes: every primary once, or the first replica that is online") {
  const std::vector<MapNode> map = {
      map_node(1, true, true, 0, 8191),      map_node(2, false, false, 0, 8191),
      map_node(3, false, true, 0, 8191),     map_node(4, true, true, 8192, 16383),
      map_node(5, false, true, 8192, 16383), map_node(6, false, true, 8192, 16383),
  };
  std::vector<Gap> gaps;
  CHECK(ports_of(choose_nodes(map, ReadFrom::primary, gaps)) == std::vector<int>{1, 4});
  CHECK(ports_of(choose_nodes(map, ReadFrom::replica, gaps)) == std::vector<int>{3, 5});
  CHECK(gaps.empty());
}

TEST_CASE("choose_nodes: a failed primary does not hide the one that took over its slots") {
  const std::vector<MapNode> map = {map_node(1, true, false, 0, 16383),
                                    map_node(2, true, true, 0, 16383)};
  std::vector<Gap> gaps;
  CHECK(ports_of(choose_nodes(map, ReadFrom::primary, gaps)) == std::vector<int>{2});
  CHECK(gaps.empty());
}

TEST_CASE("choose_nodes: what nobody owns, or no replica serves, is a gap with its slots") {
  const std::vector<MapNode> map = {map_node(1, true, true, 0, 100),
                                    map_node(2, false, false, 0, 100)};
  std::vector<Gap> gaps;
  CHECK(ports_of(choose_nodes(map, ReadFrom::primary, gaps)) == std::vector<int>{1});
  REQUIRE(gaps.size() == 1);
  CHECK(gaps[0].what == "slots 101-16383");
  CHECK(gaps[0].why == "no node serves them");
  CHECK(gaps[0].slots.count() == 16283);

  // A failed primary whose slots were taken away (Redis 8) is named all the same.
  gaps.clear();
  MapNode failed = map_node(3, true, false, 0, 0);
  failed.slots.reset();
  choose_nodes({map_node(1, true, true, 0, 100), failed}, ReadFrom::primary, gaps);
  REQUIRE(gaps.size() == 1);
  CHECK(gaps[0].why == "no node serves them; failed: 10.0.0.1:3");

  gaps.clear();
  choose_nodes({map_node(1, true, true, 0, 16383)}, ReadFrom::replica, gaps);
  REQUIRE(gaps.size() == 1);
  CHECK(gaps[0].why == "no replica is online for them");
}

TEST_CASE("choose_nodes: primaries that claim the same slot leave a gap that says so") {
  const std::vector<MapNode> map = {map_node(1, true, true, 0, 8192),
                                    map_node(2, true, true, 8192, 16383)};
  std::vector<Gap> gaps;
  CHECK(ports_of(choose_nodes(map, ReadFrom::primary, gaps)) == std::vector<int>{1});
  REQUIRE(gaps.size() == 1);
  CHECK(gaps[0].what == "slots 8193-16383");
  CHECK(gaps[0].why == "the primaries do not agree on their slots");
}

TEST_CASE("redirected_to: the address behind MOVED and ASK") {
  const auto target = [](const char* words) {
    return redirected_to(ServerError(words), "10.0.0.9");
  };
  CHECK(target("MOVED 3999 10.0.0.1:6381") ==
        Address{.host = "10.0.0.1", .port = 6381, .socket_path = {}});
  CHECK(target("ASK 3999 fe80::1:6381") ==
        Address{.host = "fe80::1", .port = 6381, .socket_path = {}});
  CHECK(target("MOVED 3999 :6381") == Address{.host = "10.0.0.9", .port = 6381, .socket_path = {}});
  for (const char* words : {"MOVED", "MOVED 3999", "MOVED 3999 10.0.0.1", "MOVED 3999 10.0.0.1:0",
                            "MOVED 3999 10.0.0.1:70000"}) {
    CAPTURE(words);
    CHECK_FALSE(target(words));
  }
}

}  // namespace
}  // namespace rcache::redis
