// `rcache stats` of a cluster: sums, nodes, and what it says when one of them is gone.
#include <csignal>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "e2e/support.h"
#include "support/cluster.h"
#include "support/skip.h"

namespace rcache::test {
namespace {

using Json = nlohmann::json;

ProgramResult stats(const std::string& url, std::vector<std::string> flags) {
  flags.insert(flags.begin(), {"stats", "-u", url, "-o", "json"});
  return run_rcache(std::move(flags));
}

}  // namespace

TEST_CASE("stats cluster: sums over all primaries, each once, and a gap when one is gone") {
  RCACHE_NEED_SERVER("redis");
  Cluster cluster;
  const auto keys = cluster.set_keys(90);
  for (const auto& key : keys) cluster.command_for(key, {"GET", key});
  for (int i = 0; i < 10; ++i)
    cluster.command_for("absent" + std::to_string(i), {"GET", "absent" + std::to_string(i)});

  const auto whole = stats(cluster.url(), {});
  CAPTURE(whole.describe());
  CHECK(whole.exit_code == 0);
  const auto report = Json::parse(whole.out);
  CHECK(report["server"]["mode"] == "cluster");
  CHECK(report["server"]["nodes"] == 3);
  CHECK(report["complete"] == true);
  CHECK(report["hits"] == 90);
  CHECK(report["misses"] == 10);
  CHECK(report["hit_ratio"] == 0.9);
  CHECK(report["keys"]["total"] == 90);
  REQUIRE(report["per_node"].size() == 3);
  long long hits = 0;
  long long total = 0;
  for (const auto& node : report["per_node"]) {
    hits += node["hits"].get<long long>();
    total += node["keys"]["total"].get<long long>();
  }
  CHECK(hits == 90);
  CHECK(total == 90);

  // From any node, with redis-cli's -c as well.
  CHECK(Json::parse(stats(cluster.node(2).url(), {"-c"}).out)["hits"] == 90);

  // This node only.
  const auto own = Json::parse(stats(cluster.node(1).url(), {"--node"}).out);
  CHECK(own["server"]["nodes"] == 1);
  CHECK(own["keys"]["total"] == cluster.node(1).command({"DBSIZE"}).integer);

  const auto text = run_rcache({"stats", "-u", cluster.url(), "--per-node"});
  for (std::size_t i = 0; i < 3; ++i) CHECK(contains(text.out, cluster.node(i).address()));

  // A database other than 0 does not exist there.
  check_refused(run_rcache({"stats", "-u", cluster.url(), "-n", "1"}), 3, "has no database 1");

  cluster.kill_node(2);
  const auto partial = stats(cluster.url(), {"--check", "--min-hit-ratio", "99%"});
  CAPTURE(partial.describe());
  CHECK(partial.exit_code == 4);  // beats the 1 of the failed check
  const auto rest = Json::parse(partial.out);
  CHECK(rest["complete"] == false);
  CHECK(rest["server"]["nodes"] == 2);
  CHECK(contains(rest["gaps"].dump(), cluster.node(2).address()));
  const auto words = run_rcache({"stats", "-u", cluster.url()});
  CHECK(words.exit_code == 4);
  CHECK(contains(words.out, cluster.node(2).address()));
  CHECK(contains(words.out, "INCOMPLETE"));
  CHECK(words.err.empty());
}

TEST_CASE("stats cluster: --replica reads the replicas") {
  RCACHE_NEED_SERVER("redis");
  Cluster cluster(3, 1);
  cluster.set_keys(30);
  const auto report = Json::parse(stats(cluster.url(), {"--replica", "--per-node"}).out);
  CHECK(report["server"]["nodes"] == 3);
  CHECK(report["server"]["role"] == "slave");
}

TEST_CASE("stats cluster: a watch survives a failover") {
  RCACHE_NEED_SERVER("redis");
  Cluster cluster(3, 1);
  Program program(rcache_with({"stats", "-u", cluster.url(), "--watch", "100ms", "-o", "ndjson"}));
  program.wait_for_out(cluster.node(0).address());
  cluster.failover(3);
  cluster.kill_node(0);
  wait_until("a whole report with the new primary", [&] {
    const auto lines = lines_of(program.so_far().out);
    return !lines.empty() && contains(lines.back(), cluster.node(3).address()) &&
           contains(lines.back(), "\"complete\":true") && lines.back().ends_with('}');
  });
  program.signal(SIGINT);
  CHECK(program.wait().exit_code == 130);
}

}  // namespace rcache::test
