// `rcache tags` in a cluster, where a tag and its members lie on different nodes, and under
// Sentinel.
#include <string>
#include <vector>

#include "e2e/invalidate_cluster.h"
#include "support/sentinel.h"
#include "support/skip.h"

namespace rcache::test {
namespace {

Json run_tags(const std::string& url, std::vector<std::string> words, int exit_code) {
  words.insert(words.begin(), "tags");
  words.insert(words.end(), {"-u", url, "-o", "json"});
  const auto result = run_rcache(std::move(words));
  CAPTURE(result.describe());
  CHECK(result.exit_code == exit_code);
  REQUIRE(Json::accept(result.out));
  return Json::parse(result.out);
}

}  // namespace

TEST_CASE("tags cluster: tags and members of all nodes, checked, pruned, and a node that is gone") {
  RCACHE_NEED_SERVER("redis");
  Cluster cluster(3);
  const auto keys = cluster.set_keys(60);
  for (int tag = 0; tag < 6; ++tag) {
    const auto name = "tag:t" + std::to_string(tag);
    Words words{"SADD", name};
    for (std::size_t i = 0; i < keys.size(); ++i)
      if (i % 6 == static_cast<std::size_t>(tag)) words.push_back(keys[i]);
    for (int dead = 0; dead < 20; ++dead) words.push_back("gone:" + std::to_string(dead));
    cluster.command_for(name, words);
  }
  // One whose dead members are in its own slot.
  cluster.command_for("tag:{same}", {"SADD", "tag:{same}", "{same}:1", "{same}:2", keys[0]});
  const auto check = run_tags(cluster.url(), {"check", "--pattern", "key:*"}, 1);
  CHECK(check["tags"] == 7);
  CHECK(check["members"] == 60 + 6 * 20 + 3);
  CHECK(check["dead_members"] == 122);
  CHECK(check["untagged_keys"] == 0);
  CHECK(run_tags(cluster.url(), {"of", keys[0]}, 0)["tags"] == Json{"t0", "{same}"});
  const auto pruned = run_tags(cluster.url(), {"prune", "--yes"}, 0);
  CHECK(pruned["removed_members"] == 122);
  CHECK(pruned["kept"] == 0);
  CHECK(run_tags(cluster.url(), {"check"}, 1)["dead_members"] == 0);
  for (int tag = 0; tag < 6; ++tag) {
    const auto name = "tag:t" + std::to_string(tag);
    CHECK(cluster.command_for(name, {"SCARD", name}).integer == 10);
  }
  cluster.kill_node(2);
  const auto partly = run_tags(cluster.url(), {"check", "-t", "2"}, 4);
  CHECK(partly["complete"] == false);
  CHECK_FALSE(partly["reasons"].empty());
}

TEST_CASE("tags sentinel: the primary's tags are checked and pruned, before and after a failover") {
  RCACHE_NEED_SERVER("redis");
  SentinelGroup group;
  group.primary().command({"SADD", "tag:t", "gone:1", "gone:2"});
  group.primary().command({"WAIT", "1", "60000"});
  CHECK(run_tags(group.url(), {"check"}, 1)["dead_members"] == 2);
  group.failover();
  CHECK(run_tags(group.url(), {"prune", "--yes"}, 0)["removed_members"] == 2);
  CHECK(group.primary().command({"EXISTS", "tag:t"}).integer == 0);
}

}  // namespace rcache::test
