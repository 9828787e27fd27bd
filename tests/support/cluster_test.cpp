#include <doctest/doctest.h>

#include "support/cluster.h"
#include "support/skip.h"

using namespace rcache::test;

TEST_CASE("cluster: comes up with three primaries, and keys go where they belong") {
  Cluster cluster;
  CHECK(cluster.primaries() == std::vector<std::size_t>{0, 1, 2});
  CHECK(cluster.owner(0) == 0);
  CHECK(cluster.owner(16383) == 2);
  const auto keys = cluster.set_keys(3000);
  CHECK(keys.size() == 3000);
  long long sum = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    const long long here = cluster.node(i).command({"DBSIZE"}).integer;
    CHECK(here > 500);
    sum += here;
  }
  CHECK(sum == 3000);
  CHECK(cluster.command_for("key:7", {"GET", "key:7"}).text == "value");
}

TEST_CASE("cluster: a slot moves with its keys, at once or in two steps") {
  Cluster cluster;
  std::vector<Words> commands;
  for (int i = 0; i < 250; ++i) commands.push_back({"SET", "{a}" + std::to_string(i), "value"});
  const int slot = cluster.slot_of("{a}");
  const std::size_t from = cluster.owner(slot);
  const std::size_t to = (from + 1) % 3;
  const auto there = [&] { return cluster.node(to).command({"DBSIZE"}).integer; };
  cluster.node(from).pipeline(commands);

  cluster.begin_move(slot, from, to, 10);
  CHECK(there() == 10);
  CHECK(cluster.owner(slot) == from);
  CHECK(cluster.node(from).try_command({"GET", "{a}none"}).text.starts_with("ASK "));
  cluster.end_move(slot, from, to);
  CHECK(there() == 250);
  CHECK(cluster.owner(slot) == to);
  CHECK(cluster.node(from).try_command({"GET", "{a}1"}).text.starts_with("MOVED "));
  cluster.move_slot(slot, to, from);
  CHECK(there() == 0);
  CHECK(cluster.owner(slot) == from);
  cluster.wait_until_ok();
}

TEST_CASE("cluster: replicas follow, take over when asked, and when their primary dies") {
  Cluster cluster(3, 1);
  cluster.set_keys(100);
  CHECK(cluster.node(3).info("role") == "slave");
  cluster.failover(3);
  CHECK(cluster.primaries() == std::vector<std::size_t>{1, 2, 3});
  CHECK(cluster.owner(0) == 3);
  CHECK(cluster.node(0).info("role") == "slave");
  cluster.kill_node(1);
  cluster.wait_for_promotion(4);
  CHECK(cluster.primaries() == std::vector<std::size_t>{2, 3, 4});
}

TEST_CASE("cluster: made of valkey") {
  RCACHE_NEED_SERVER("valkey");
  Cluster cluster(3, 1, {}, *find_server("valkey"));
  cluster.set_keys(100);
  cluster.move_slot(0, 0, 1);
  CHECK(cluster.owner(0) == 1);
  cluster.failover(3);
  CHECK(cluster.primaries() == std::vector<std::size_t>{1, 2, 3});
}
