// `rcache invalidate` in a Redis Cluster of which a part is gone and nobody takes over.
#include <csignal>
#include <string>

#include "e2e/invalidate_cluster.h"
#include "support/skip.h"

namespace rcache::test {

TEST_CASE(
    "invalidate gap: a primary without a replica is gone: the rest goes, the slots are named") {
  RCACHE_NEED_SERVER("redis");
  Cluster cluster(3, 0, {"--cluster-require-full-coverage", "no"});
  cluster.set_keys(3000, "gone:");
  cluster.set_keys(300, "stay:");
  const auto there = static_cast<long long>(names_on(cluster.node(1), "gone:*").size());

  SUBCASE("before the run") {
    cluster.kill_node(1);
    const auto run = invalidate(cluster.url(), {"gone:*", "-t", "2"});
    CAPTURE(run.program.describe());
    CHECK(run.program.exit_code == 4);
    CHECK(run.receipt["reason"] == "incomplete");
    CHECK(run.count("removed") == 3000 - there);
    CHECK(run.count("failed") == 0);
    CHECK(contains(run.receipt["reasons"].dump(), "not proven: slots 5461-10921"));
    CHECK(contains(run.receipt["reasons"].dump(), cluster.node(1).address()));
  }
  SUBCASE("in its middle") {
    Program program(rcache_with(
        invalidate_words(cluster.url(), {"gone:*", "--count", "20", "--rate", "1500", "-t", "2"})));
    wait_for_calls(cluster.node(1), "unlink", 20, program);
    // It stands still while we count: what it had sent has been done after the first look.
    program.signal(SIGSTOP);
    names_on(cluster.node(1), "gone:*");
    const auto left = static_cast<long long>(names_on(cluster.node(1), "gone:*").size());
    REQUIRE(left > 0);
    cluster.kill_node(1);
    program.signal(SIGCONT);
    const auto run = invalidation_of(program.wait());
    CAPTURE(run.program.describe());
    CHECK(run.program.exit_code == 4);
    CHECK(contains(run.receipt["reasons"].dump(), "not proven: slots 5461-10921"));
    CHECK(run.count("removed") <= 3000 - left);
    CHECK(run.count("removed") + run.count("uncertain") >= 3000 - left);
  }
  CHECK(names_on(cluster, "gone:*").empty());
  CHECK(names_on(cluster, "stay:*").size() < 300);
}

TEST_CASE("invalidate gap: a cluster that takes no removals any more still answers SCAN") {
  RCACHE_NEED_SERVER("redis");
  Cluster cluster;
  cluster.set_keys(600, "gone:");
  const auto before = names_on(cluster, "gone:*").size();
  cluster.kill_node(1);
  wait_until("the cluster is down", [&] {
    return contains(cluster.node(0).command({"CLUSTER", "INFO"}).text, "cluster_state:fail") &&
           contains(cluster.node(2).command({"CLUSTER", "INFO"}).text, "cluster_state:fail");
  });
  const auto left = static_cast<long long>(names_on(cluster, "gone:*").size());
  REQUIRE(left > 0);
  CHECK(before > static_cast<std::size_t>(left));
  const auto run = invalidate(cluster.url(), {"gone:*", "-t", "2"});
  CAPTURE(run.program.describe());
  CHECK(run.program.exit_code == 4);
  CHECK(run.count("removed") == 0);
  CHECK(run.count("failed") == left);
  CHECK(contains(run.receipt["reasons"].dump(), "5461-10921"));
  CHECK(static_cast<long long>(names_on(cluster, "gone:*").size()) == left);
}

}  // namespace rcache::test
