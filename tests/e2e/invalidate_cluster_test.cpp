// `rcache invalidate` in a Redis Cluster that nobody disturbs, or where a part is missing.
#include <csignal>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "e2e/invalidate_cluster.h"
#include "support/skip.h"

namespace rcache::test {
namespace {

std::string as_limited_user(const Server& node) {
  return "redis://limited:limited@" + node.address();
}

/// The nodes of the receipt that have something to tell.
std::vector<std::string> nodes_at_work(const Invalidation& run) {
  std::vector<std::string> addresses;
  for (const auto& node : run.receipt["nodes"])
    if (node["scanned"] > 0 || node["matched"] > 0) addresses.push_back(node["address"]);
  return addresses;
}

}  // namespace

TEST_CASE(
    "invalidate cluster: a pattern goes from all nodes with exact counts, and nothing else does") {
  RCACHE_NEED_SERVER("redis");
  Cluster cluster;
  cluster.set_keys(3000, "gone:");
  cluster.set_keys(1000, "stay:");
  std::map<std::string, std::size_t> share;
  for (std::size_t i = 0; i < 3; ++i)
    share[cluster.node(i).address()] = names_on(cluster.node(i), "gone:*").size();

  const auto run = invalidate(cluster.node(2).url(), {"gone:*"});
  CAPTURE(run.program.describe());
  CHECK(run.program.exit_code == 0);
  CHECK(run.program.err.empty());
  CHECK(run.receipt["reason"] == "done");
  CHECK(run.count("scanned") == 4000);
  CHECK(run.count("matched") == 3000);
  CHECK(run.count("removed") == 3000);
  CHECK(run.count("gone") == 0);
  CHECK(run.count("failed") == 0);
  CHECK(run.count("orphans") == 0);
  CHECK(run.count("passes") == 1);
  CHECK(run.receipt["reasons"] == Json::array());
  CHECK(run.receipt["groups"] == Json{{{"pattern", "gone:*"}, {"keys", 3000}}});
  REQUIRE(run.receipt["nodes"].size() == 3);
  for (const auto& node : run.receipt["nodes"]) {
    CAPTURE(node.dump());
    CHECK(node["matched"] == share[node["address"]]);
    CHECK(node["removed"] == share[node["address"]]);
    CHECK(node["error"].is_null());
  }
  CHECK(names_on(cluster, "gone:*").empty());
  CHECK(names_on(cluster, "*").size() == 1000);

  SUBCASE("a second run finds nothing, and says so") {
    const auto again = invalidate(cluster.url(), {"gone:*"});
    CHECK(again.program.exit_code == 0);
    CHECK(again.count("matched") == 0);
    CHECK(again.count("scanned") == 1000);
    CHECK(again.receipt["nodes"].size() == 3);
  }
  SUBCASE("several patterns are one pass; what is protected or excluded stays") {
    cluster.set_keys(300, "a:");
    cluster.set_keys(300, "b:");
    cluster.set_keys(300, "c:");
    for (std::size_t i = 0; i < 3; ++i) cluster.node(i).command({"CONFIG", "RESETSTAT"});
    // a:0 .. a:299: 1, 10..19, 100..199 begin with 1. b:2, 20..29, 200..299 are left out.
    const auto several =
        invalidate(cluster.url(), {"a:*", "b:*", "a:1*", "--protect", "a:1*", "--exclude", "b:2*"});
    CAPTURE(several.program.describe());
    CHECK(several.program.exit_code == 0);
    CHECK(several.count("matched") == 300 + 300 - 111);
    CHECK(several.count("protected") == 111);
    CHECK(several.count("removed") == 300 + 300 - 111 - 111);
    CHECK(several.count("passes") == 1);
    CHECK(several.count("scanned") == 1900);
    CHECK(names_on(cluster, "a:*").size() == 111);
    CHECK(names_on(cluster, "b:*").size() == 111);
    CHECK(names_on(cluster, "c:*").size() == 300);
    // About 640 keys on each node, 500 to a call: two or three, not that for each pattern.
    for (std::size_t i = 0; i < 3; ++i) CHECK(calls(cluster.node(i), "scan") <= 4);
  }
  SUBCASE("--spread gives every key its own time, and removes none") {
    cluster.set_keys(1000, "soon:");
    const auto spread = invalidate(cluster.url(), {"soon:*", "--spread", "1000s"});
    CAPTURE(spread.program.describe());
    CHECK(spread.program.exit_code == 0);
    CHECK(spread.count("removed") == 0);
    CHECK(spread.count("expiring") == 1000);
    CHECK(spread.count("matched") == 1000);
    CHECK(spread.receipt["spread_seconds"] == 1000.0);
    const auto names = names_on(cluster, "soon:*");
    std::set<long long> times;
    std::size_t kept = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      for (const auto& name : names_on(cluster.node(i), "*")) {
        const auto ttl = cluster.node(i).command({"PTTL", name}).integer;
        if (ttl == -2) continue;  // its moment has just come
        if (!name.starts_with("soon:")) {
          CHECK(ttl == -1);
          continue;
        }
        ++kept;
        times.insert(ttl / 1000);
        CHECK(ttl <= 1'000'000);
        CHECK(ttl > -1);
      }
    }
    // A few of a thousand moments in 1000 s may be over by now.
    CHECK(names.size() >= 900);
    CHECK(kept >= 900);
    CHECK(times.size() > 300);
  }
}

TEST_CASE("invalidate cluster: a literal hash tag asks its owner alone, any other glob all nodes") {
  RCACHE_NEED_SERVER("redis");
  Cluster cluster(3, 0, {"--cluster-require-full-coverage", "no"});
  const auto owner = cluster.owner(cluster.slot_of("{org1}"));

  const auto refill = [&] {
    cluster.set_keys(500, "{org1}:");
    cluster.set_keys(60, "{}{org1}:");     // the first braces are empty: the whole name is hashed
    cluster.set_keys(60, "a{zz}{org1}:");  // the slot of zz
    cluster.set_keys(60, "org1:");
    cluster.set_keys(60, "{org1x}:");
    cluster.set_keys(60, "{org1:");  // no closing brace: the whole name is hashed
  };
  struct Case {
    std::string pattern;
    long long removed;
    bool owner_only;
  };
  // `{org1}:1*` are 1, 10..19, 100..199.
  const Case cases[] = {
      {"{org1}:*", 500, true},      {"{org1}:1*", 111, true},    {"{org1}:77", 1, true},
      {"?org1}:*", 500, false},     {"{org[1]}:*", 500, false},  {"{org?}:*", 500, false},
      {"*{org1}:*", 620, false},    {"{}{org1}:*", 60, false},   {"a{zz}{org1}:*", 60, false},
      {"\\{org1\\}:*", 500, false}, {"{org1*", 680 - 60, false}, {"{org1:*", 60, false},
      {"[{]org1}:*", 500, false},
  };
  for (const auto& c : cases) {
    CAPTURE(c.pattern);
    refill();
    for (std::size_t i = 0; i < 3; ++i) cluster.node(i).command({"CONFIG", "RESETSTAT"});
    const auto run = invalidate(cluster.url(), {c.pattern});
    CAPTURE(run.program.describe());
    CHECK(run.program.exit_code == 0);
    CHECK(run.count("removed") == c.removed);
    CHECK(run.count("gone") == 0);
    CHECK(names_on(cluster, c.pattern).empty());
    if (!c.owner_only) continue;
    for (std::size_t i = 0; i < 3; ++i) {
      if (i == owner) continue;
      CHECK(calls(cluster.node(i), "scan") == 0);
      CHECK(calls(cluster.node(i), "unlink") == 0);
    }
    CHECK(nodes_at_work(run) == std::vector<std::string>{cluster.node(owner).address()});
  }

  // What is proven is the one slot: a dead node that does not own it does not matter.
  refill();
  cluster.kill_node((owner + 1) % 3);
  const auto alive = cluster.node(owner).url();
  const auto proven = invalidate(alive, {"{org1}:*"});
  CAPTURE(proven.program.describe());
  CHECK(proven.program.exit_code == 0);
  CHECK(proven.count("removed") == 500);
}

TEST_CASE("invalidate cluster: a tag's set and its members are in slots of several nodes") {
  RCACHE_NEED_SERVER("redis");
  Cluster cluster;
  const auto members = cluster.set_keys(1500, "page:");
  const auto kept = cluster.set_keys(10, "safe:");
  const auto others = cluster.set_keys(50, "other:");
  const auto tag = [&](const std::string& set, const std::vector<std::string>& names) {
    Words words{"SADD", set};
    words.insert(words.end(), names.begin(), names.end());
    cluster.command_for(set, words);
  };
  auto all = members;
  all.emplace_back("never:there");
  tag("tag:news", all);
  tag("cachetag:news", {members[0], members[1], "page:1500"});
  tag("tag:mixed", kept);
  cluster.command_for("page:1500", {"SET", "page:1500", "1"});
  std::set<std::size_t> nodes;
  for (const auto& member : members) nodes.insert(cluster.owner(cluster.slot_of(member)));
  REQUIRE(nodes.size() == 3);

  const auto run =
      invalidate(cluster.url(), {"--tag", "news", "--tag", "mixed", "--protect", "safe:*"});
  CAPTURE(run.program.describe());
  CHECK(run.program.exit_code == 0);
  CHECK(run.count("removed") == 1501);
  CHECK(run.count("tags_removed") == 2);
  CHECK(run.count("protected") == 10);
  CHECK(run.count("failed") == 0);
  CHECK(names_on(cluster, "page:*").empty());
  CHECK(names_on(cluster, "other:*").size() == others.size());
  CHECK(names_on(cluster, "safe:*").size() == kept.size());
  CHECK(names_on(cluster, "*tag:*") == std::vector<std::string>{"tag:mixed"});
}

TEST_CASE(
    "invalidate cluster: --backup saves every key that goes, exact and fast, and restore brings "
    "all back") {
  RCACHE_NEED_SERVER("redis");
  Cluster cluster;
  TempDir folder;
  for (const std::string mode : {"exact", "fast"}) {
    CAPTURE(mode);
    auto keys = cluster.set_keys(2000, "saved:");
    const auto hot = cluster.set_keys(700, "{hot}saved:");
    keys.insert(keys.end(), hot.begin(), hot.end());
    cluster.set_keys(100, "stay:");
    const auto path = folder.file(mode);
    const auto run =
        invalidate(cluster.url(), {"*saved:*", "--backup", path, "--backup-mode", mode});
    CAPTURE(run.program.describe());
    CHECK(run.program.exit_code == 0);
    CHECK(run.count("removed") == 2700);
    CHECK(run.count("gone") == 0);
    CHECK(run.receipt["backup"] == path);
    CHECK(run.count("backup_records") == 2700);
    CHECK(names_on(cluster, "*saved:*").empty());
    CHECK(names_on(cluster, "stay:*").size() == 100);
    const auto content = read_backup(path);
    REQUIRE(content);
    CHECK(content->end);
    CHECK(content->damaged == 0);
    CHECK(content->torn_bytes == 0);
    CHECK(content->records == keys.size());
    for (const auto& key : keys) CHECK(content->values.contains(key));
    const auto undone = run_rcache({"restore", "-u", cluster.url(), "--yes", "-q", path});
    CAPTURE(undone.describe());
    CHECK(undone.exit_code == 0);
    CHECK(names_on(cluster, "*saved:*").size() == keys.size());
  }
}

TEST_CASE("invalidate cluster: where UNLINK is not allowed, DEL does it on every node") {
  RCACHE_NEED_SERVER("redis");
  Cluster cluster;
  cluster.set_keys(1000, "gone:");
  for (std::size_t i = 0; i < 3; ++i)
    add_user(cluster.node(i), "limited", {"~*", "&*", "+@all", "-unlink"});
  TempDir folder;
  std::vector<std::string> words{"gone:*"};
  SUBCASE("as it is") {}
  SUBCASE("with an exact backup") {
    words.insert(words.end(), {"--backup", folder.file("b")});
  }
  const auto run = invalidate(as_limited_user(cluster.node(0)), words);
  CAPTURE(run.program.describe());
  CHECK(run.program.exit_code == 0);
  CHECK(run.receipt.value("how", "") == "del");
  CHECK(run.count("removed") == 1000);
  CHECK(run.count("failed") == 0);
  CHECK(names_on(cluster, "gone:*").empty());
}

TEST_CASE("invalidate cluster: a user who is limited on one node only") {
  RCACHE_NEED_SERVER("redis");
  Cluster cluster;
  cluster.set_keys(900, "gone:");
  const auto there = names_on(cluster.node(1), "gone:*").size();
  const auto url = as_limited_user(cluster.node(0));
  for (const std::size_t i : {0U, 2U}) add_user(cluster.node(i), "limited", {"~*", "&*", "+@all"});

  SUBCASE("to other keys: these fail one by one, all others go") {
    add_user(cluster.node(1), "limited", {"~stay:*", "&*", "+@all"});
    const auto run = invalidate(url, {"gone:*"});
    CAPTURE(run.program.describe());
    CHECK(run.program.exit_code == 4);
    CHECK(run.receipt["reason"] == "failed-keys");
    CHECK(run.count("failed") == static_cast<long long>(there));
    CHECK(run.count("removed") == static_cast<long long>(900 - there));
    REQUIRE(run.receipt["failures"].size() == 20);
    CHECK(contains(run.receipt["failures"][0]["why"].get<std::string>(), "NOPERM"));
    for (const auto& node : run.receipt["nodes"])
      CHECK(node["error"].is_null() == (node["address"] != cluster.node(1).address()));
  }
  SUBCASE("to reading: nothing goes there, and the node is named") {
    add_user(cluster.node(1), "limited", {"~*", "&*", "+@all", "-unlink", "-del"});
    const auto run = invalidate(url, {"gone:*"});
    CAPTURE(run.program.describe());
    // 3 when it was refused before anything had been removed elsewhere.
    CHECK((run.program.exit_code == 4 || run.program.exit_code == 3));
    CHECK(contains(run.program.out + run.program.err, cluster.node(1).address()));
  }
  SUBCASE("to all but SCAN") {
    add_user(cluster.node(1), "limited", {"~*", "&*", "+@all", "-scan"});
    const auto run = invalidate(url, {"gone:*"});
    CAPTURE(run.program.describe());
    CHECK((run.program.exit_code == 4 || run.program.exit_code == 3));
    CHECK(contains(run.program.out + run.program.err, cluster.node(1).address()));
  }
  CHECK(names_on(cluster.node(1), "gone:*").size() == there);
}

TEST_CASE("invalidate cluster: Valkey is no different") {
  RCACHE_NEED_SERVER("valkey");
  Cluster cluster(3, 0, {}, *find_server("valkey"));
  cluster.set_keys(3000, "gone:");
  cluster.set_keys(500, "{org1}:");
  cluster.set_keys(300, "stay:");
  const auto run = invalidate(cluster.url(), {"gone:*"});
  CAPTURE(run.program.describe());
  CHECK(run.program.exit_code == 0);
  CHECK(run.count("removed") == 3000);
  CHECK(run.count("gone") == 0);
  CHECK(run.count("matched") == 3000);
  const auto tagged = invalidate(cluster.url(), {"{org1}:*"});
  CAPTURE(tagged.program.describe());
  CHECK(tagged.program.exit_code == 0);
  CHECK(tagged.count("removed") == 500);
  CHECK(nodes_at_work(tagged).size() == 1);
  CHECK(names_on(cluster, "*").size() == 300);
}

}  // namespace rcache::test
