// `rcache invalidate` while primaries change: killed, replaced, or handed over as planned.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <set>
#include <string>
#include <vector>

#include "e2e/invalidate_cluster.h"
#include "support/skip.h"

namespace rcache::test {
namespace {

constexpr long long k_written = 3000;

/// A cluster with a replica for each primary, and keys that have reached them.
struct Replicated {
  Replicated() : cluster(3, 1) {
    keys = cluster.set_keys(k_written, "gone:");
    cluster.set_keys(300, "stay:");
    for (std::size_t i = 0; i < 3; ++i) cluster.node(i).command({"WAIT", "1", "60000"});
  }
  Cluster cluster;
  std::vector<std::string> keys;
};

/// Exit 0 is a proof; everything else says why, and another run finishes.
void check_honest(Cluster& cluster, const Invalidation& run,
                  const std::vector<std::string>& words) {
  CAPTURE(run.program.describe());
  const auto left = names_on(cluster, "gone:*");
  if (run.program.exit_code == 0) {
    CHECK(left.empty());
  } else {
    CHECK(run.program.exit_code == 4);
    CHECK((!run.receipt["reasons"].empty() || run.count("failed") > 0));
  }
  const auto again = invalidate(cluster.url(), words);
  CAPTURE(again.program.describe());
  CHECK(again.program.exit_code == 0);
  CHECK(names_on(cluster, "gone:*").empty());
  CHECK(names_on(cluster, "stay:*").size() == 300);
}

}  // namespace

TEST_CASE("invalidate failover: a primary is killed and its replica takes over") {
  RCACHE_NEED_SERVER("redis");
  Replicated set_up;
  auto& cluster = set_up.cluster;
  TempDir folder;
  const auto path = folder.file("backup");
  std::vector<std::string> words{"gone:*", "--count", "20", "--rate", "1500"};
  SUBCASE("keys are removed") {}
  SUBCASE("keys are saved and removed") {
    words.insert(words.end(), {"--backup", path});
  }
  Program program(rcache_with(invalidate_words(cluster.url(), words)));
  const bool saving = words.size() > 5;
  wait_for_calls(cluster.node(1), saving ? "dump" : "unlink", 20, program);
  cluster.kill_node(1);
  cluster.wait_for_promotion(4);
  const auto run = invalidation_of(program.wait());
  CAPTURE(run.program.describe());
  if (saving) {
    const auto content = read_backup(path);
    REQUIRE(content);
    const auto left = names_on(cluster, "gone:*");
    const std::set<std::string> there(left.begin(), left.end());
    for (const auto& key : set_up.keys)
      CHECK((there.contains(key) || content->values.contains(key)));
  }
  check_honest(cluster, run, {"gone:*"});
}

TEST_CASE(
    "invalidate failover: removals that the new primary never heard of are done again there") {
  RCACHE_NEED_SERVER("redis");
  Cluster cluster(3, 1);
  cluster.set_keys(150, "{hot}:");
  const auto owner = cluster.owner(cluster.slot_of("{hot}"));
  auto& primary = cluster.node(owner);
  auto& replica = cluster.node(owner + 3);
  primary.command({"WAIT", "1", "60000"});
  // The replica hears nothing of what follows.
  replica.pause();
  primary.command({"CLIENT", "KILL", "TYPE", "replica"});
  Program program(rcache_with(invalidate_words(cluster.node((owner + 1) % 3).url(),
                                               {"{hot}:*", "--count", "10", "--rate", "40"})));
  wait_until("some keys are gone", [&] {
    program.so_far();
    return primary.command({"DBSIZE"}).integer <= 100;
  });
  primary.kill();
  replica.resume();
  cluster.wait_for_promotion(owner + 3);
  const auto run = invalidation_of(program.wait());
  CAPTURE(run.program.describe());
  CHECK(run.count("removed") >= 150);
  if (run.program.exit_code == 0) CHECK(names_on(cluster, "{hot}:*").empty());
  const auto again = invalidate(replica.url(), {"{hot}:*"});
  CHECK(again.program.exit_code == 0);
  CHECK(names_on(cluster, "{hot}:*").empty());
}

TEST_CASE("invalidate failover: a planned CLUSTER FAILOVER in the middle of the run") {
  RCACHE_NEED_SERVER("redis");
  Replicated set_up;
  auto& cluster = set_up.cluster;
  Program program(
      rcache_with(invalidate_words(cluster.url(), {"gone:*", "--count", "20", "--rate", "1500"})));
  wait_for_calls(cluster.node(1), "unlink", 20, program);
  cluster.failover(4);
  const auto run = invalidation_of(program.wait());
  CAPTURE(run.program.describe());
  CHECK(run.program.exit_code == 0);
  CHECK(run.count("removed") == k_written);
  CHECK(run.count("passes") >= 2);
  check_honest(cluster, run, {"gone:*"});
}

TEST_CASE(
    "invalidate failover: --max-lag does not wait for the replicas of a primary that is none") {
  RCACHE_NEED_SERVER("redis");
  Replicated set_up;
  auto& cluster = set_up.cluster;
  auto options = rcache_with(invalidate_words(
      cluster.url(), {"gone:*", "--count", "20", "--rate", "1500", "--max-lag", "30s"}));
  options.deadline = std::chrono::seconds(12);  // while it hangs; it takes 3 s else
  Program program(std::move(options));
  wait_for_calls(cluster.node(1), "unlink", 20, program);
  cluster.failover(4);
  const auto run = invalidation_of(program.wait());
  CAPTURE(run.program.describe());
  check_honest(cluster, run, {"gone:*"});
}

TEST_CASE(
    "invalidate failover: members of a tag whose node is replaced stay tagged until they go") {
  RCACHE_NEED_SERVER("redis");
  Replicated set_up;
  auto& cluster = set_up.cluster;
  Words words{"SADD", "tag:all"};
  words.insert(words.end(), set_up.keys.begin(), set_up.keys.end());
  cluster.command_for("tag:all", words);
  const auto holder = cluster.owner(cluster.slot_of("tag:all"));
  const auto victim = (holder + 1) % 3;
  cluster.node(holder).command({"WAIT", "1", "60000"});
  Program program(rcache_with(
      invalidate_words(cluster.url(), {"--tag", "all", "--count", "50", "--rate", "1500"})));
  wait_for_calls(cluster.node(victim), "unlink", 20, program);
  cluster.kill_node(victim);
  cluster.wait_for_promotion(victim + 3);
  const auto run = invalidation_of(program.wait());
  CAPTURE(run.program.describe());
  const auto tagged = cluster.command_for("tag:all", {"SMEMBERS", "tag:all"});
  std::set<std::string> members;
  for (const auto& member : tagged.items) members.insert(member.text);
  // What the new primary had not heard of came back: only that may be without its tag.
  std::size_t untagged = 0;
  for (const auto& key : names_on(cluster, "gone:*")) {
    if (members.contains(key)) continue;
    ++untagged;
    CHECK(cluster.owner(cluster.slot_of(key)) == victim + 3);
  }
  if (run.complete()) CHECK(members.empty());
  CHECK(untagged <= 500);
  const auto again = invalidate(cluster.url(), {"--tag", "all", "gone:*"});
  CHECK(again.program.exit_code == 0);
  CHECK(names_on(cluster, "gone:*").empty());
  CHECK(names_on(cluster, "tag:*").empty());
}

}  // namespace rcache::test
