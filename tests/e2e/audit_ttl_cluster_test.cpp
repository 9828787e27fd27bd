// `rcache audit-ttl` of a cluster: all primaries, each key once, or exit 4.
#include <csignal>
#include <string>
#include <vector>

#include "e2e/audit_ttl.h"
#include "support/cluster.h"

namespace rcache::test {
namespace {

Run audited_at(const std::string& url, std::vector<std::string> words) {
  words.insert(words.begin(), {"audit-ttl", "-u", url, "-o", "json"});
  const auto result = run_rcache(std::move(words));
  return {result.exit_code, audit_in(result)};
}

void expire_some(Cluster& cluster, const std::vector<std::string>& keys, std::size_t left) {
  for (std::size_t i = left; i < keys.size(); ++i)
    cluster.command_for(keys[i], {"EXPIRE", keys[i], "1000"});
}

std::uint64_t lookups_of(Cluster& cluster) {
  std::uint64_t all = 0;
  for (const auto index : cluster.primaries()) all += lookups(cluster.node(index));
  return all;
}

}  // namespace

TEST_CASE(
    "audit-ttl cluster: every primary's keys, moved slots included, repaired at their owner") {
  RCACHE_NEED_SERVER("redis");
  Cluster cluster;
  const auto keys = cluster.set_keys(300);
  expire_some(cluster, keys, 40);
  const auto before = lookups_of(cluster);
  auto run = audited_at(cluster.node(1).url(), {});
  CHECK(run.exit_code == 1);
  CHECK(run.json["complete"] == true);
  CHECK(run.json["scanned"] == 300);
  CHECK(run.json["without_ttl"] == 40);
  CHECK(run.json["own_lookups"] == lookups_of(cluster) - before);

  // A slot that is open, some of its keys gone over: each is found, and asked for where it is.
  const auto slot = cluster.slot_of(keys[0]);
  const auto from = cluster.owner(slot);
  const auto to = (from + 1) % 3;
  cluster.begin_move(slot, from, to, 1);
  run = audited_at(cluster.url(), {});
  CHECK(run.exit_code == 4);
  CHECK(run.json["complete"] == false);
  cluster.end_move(slot, from, to);
  run = audited_at(cluster.url(), {});
  CHECK(run.exit_code == 1);
  CHECK(run.json["scanned"] == 300);

  CHECK(audited_at(cluster.url(), {"key:*", "--set-ttl", "1h", "--yes"}).exit_code == 0);
  for (std::size_t i = 0; i < 40; ++i)
    CHECK(cluster.command_for(keys[i], {"PTTL", keys[i]}).integer > 3'000'000);
  run = audited_at(cluster.url(), {});
  CHECK(run.exit_code == 0);
  CHECK(run.json["method"] == "info");

  // One part of the keyspace gone: what the others say is no verdict.
  cluster.kill_node(2);
  run = audited_at(cluster.url(), {"-t", "1"});
  CHECK(run.exit_code == 4);
  CHECK(run.json["complete"] == false);
  CHECK(run.json["scanned"].get<int>() > 0);
  CHECK(run.json["scanned"].get<int>() < 300);
  CHECK_FALSE(run.json["reasons"].empty());
}

TEST_CASE("audit-ttl cluster: --replica asks no primary, and a replica is never repaired") {
  RCACHE_NEED_SERVER("redis");
  Cluster cluster(3, 1);
  const auto keys = cluster.set_keys(60);
  expire_some(cluster, keys, 10);
  for (const auto index : cluster.primaries()) {
    auto& node = cluster.node(index);
    const auto offset = [](Server& server) { return server.info("master_repl_offset"); };
    wait_until("the replica to have it all",
               [&] { return offset(node) == offset(cluster.node(index + 3)); });
  }
  for (std::size_t i = 0; i < 3; ++i) cluster.node(i).command({"CONFIG", "RESETSTAT"});
  const auto run = audited_at(cluster.url(), {"--replica"});
  CHECK(run.exit_code == 1);
  CHECK(run.json["complete"] == true);
  CHECK(run.json["scanned"] == 60);
  CHECK(run.json["without_ttl"] == 10);
  for (std::size_t i = 0; i < 3; ++i) CHECK(calls(cluster.node(i), "scan") == 0);
  check_refused(
      run_rcache({"audit-ttl", "-u", cluster.url(), "--replica", "--set-ttl", "1h", "--yes"}), 5,
      "is a replica");
}

}  // namespace rcache::test
