// `rcache stats -o json`: the fields of DESIGN, and the numbers that the server itself tells.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "e2e/support.h"
#include "support/skip.h"

namespace rcache::test {
namespace {

using OrderedJson = nlohmann::ordered_json;

OrderedJson stats(const Server& server, std::vector<std::string> flags = {}) {
  flags.insert(flags.begin(), {"stats", "-o", "json"});
  const auto result = run_at(server, flags);
  CAPTURE(result.describe());
  CHECK(result.exit_code == 0);
  CHECK(result.err.empty());
  return OrderedJson::parse(result.out);
}

long long number(Server& server, const std::string& field) {
  return std::stoll(server.info(field));
}

OrderedJson check_of(const OrderedJson& report, const std::string& id) {
  for (const auto& check : report["checks"]) {
    if (check["id"] == id) return check;
  }
  return {};
}

std::vector<std::string> names(const OrderedJson& object) {
  std::vector<std::string> all;
  for (const auto& [name, value] : object.items()) all.push_back(name);
  return all;
}

/// The fields that must be there; more may be. In this order.
void check_fields(const OrderedJson& object, const std::vector<std::string>& wanted) {
  const auto found = names(object);
  auto at = found.begin();
  for (const auto& name : wanted) {
    CAPTURE(std::string(name));
    at = std::find(at, found.end(), name);
    REQUIRE(at != found.end());
  }
}

}  // namespace

TEST_CASE("stats json: every promised field is there, in its order") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  server.command({"SET", "k", "v", "EX", "100"});
  const auto report = stats(server, {"--window", "100ms"});
  CHECK(names(report).front() == "schema");
  CHECK(report["schema"] == "rcache.stats/1");
  check_fields(report, {"schema", "server", "hits", "misses", "hit_ratio", "window", "evicted_keys",
                        "expired_keys", "rejected_connections", "ops_per_second", "memory",
                        "clients", "keys", "databases", "commands", "checks", "per_node"});
  check_fields(report["server"], {"flavor", "version", "mode", "role", "nodes", "uptime_seconds"});
  check_fields(report["window"], {"seconds", "hits", "misses", "hit_ratio", "evicted_keys",
                                  "expired_keys", "ops_per_second"});
  check_fields(report["memory"], {"used_bytes", "peak_bytes", "rss_bytes", "max_bytes",
                                  "used_ratio", "fragmentation_ratio", "policy"});
  check_fields(report["clients"], {"connected", "blocked", "max"});
  check_fields(report["keys"], {"total", "with_ttl", "without_ttl"});
  REQUIRE(report["databases"].size() == 1);
  check_fields(report["databases"][0],
               {"db", "keys", "with_ttl", "without_ttl", "avg_ttl_seconds"});
  REQUIRE(!report["commands"].empty());
  check_fields(report["commands"][0],
               {"name", "calls", "usec_per_call", "p50_usec", "p99_usec", "p999_usec"});
  for (const auto& check : report["checks"])
    check_fields(check, {"id", "status", "value", "limit", "message"});
}

TEST_CASE("stats json: the numbers are the server's own") {
  RCACHE_NEED_SERVER("redis");
  Server server({.arguments = {"--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru"}});
  read_three_of_four(server);
  server.command({"SET", "short", "1", "PX", "1"});
  wait_until("expiry", [&] { return server.command({"EXISTS", "short"}).integer == 0; });
  server.command({"SET", "with ttl", "1", "EX", "1000"});
  server.command({"SELECT", "3"});
  server.command({"SET", "other", "1"});
  const auto hits = number(server, "keyspace_hits");
  const auto report = stats(server);
  CHECK(report["server"]["flavor"] == "redis");
  CHECK(report["server"]["version"] == server.info("redis_version"));
  CHECK(report["server"]["mode"] == "standalone");
  CHECK(report["server"]["role"] == "master");
  CHECK(report["server"]["nodes"] == 1);
  CHECK(report["hits"] == hits);
  CHECK(report["hits"].get<long long>() >= 3);  // EXISTS counts, too
  CHECK(report["misses"] == number(server, "keyspace_misses"));
  CHECK(report["window"].is_null());
  CHECK(report["expired_keys"] == number(server, "expired_keys"));
  CHECK(report["expired_keys"] == 1);
  CHECK(report["evicted_keys"] == 0);
  CHECK(report["memory"]["max_bytes"] == 100 << 20);
  CHECK(report["memory"]["policy"] == "allkeys-lru");
  CHECK(report["memory"]["used_bytes"].get<long long>() > 500'000);
  CHECK(report["memory"]["used_ratio"].get<double>() ==
        doctest::Approx(report["memory"]["used_bytes"].get<double>() / (100 << 20)));
  CHECK(report["clients"]["max"] == number(server, "maxclients"));
  CHECK(report["clients"]["connected"] == 2);  // the test's, and its own
  CHECK(report["keys"] == OrderedJson{{"total", 3}, {"with_ttl", 1}, {"without_ttl", 2}});
  REQUIRE(report["databases"].size() == 2);
  CHECK(report["databases"][0]["db"] == 0);
  CHECK(report["databases"][1]["db"] == 3);
  CHECK(report["databases"][1]["keys"] == 1);
}

TEST_CASE("stats json: the hit ratio of known traffic, which its own commands do not change") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  read_three_of_four(server);
  for (int i = 0; i < 3; ++i) {
    const auto report = stats(server);
    CHECK(report["hits"].get<long long>() + report["misses"].get<long long>() == 4 + 0);
    CHECK(report["misses"] == 1);
    CHECK(report["hit_ratio"] == 0.75);
  }
}

TEST_CASE("stats json: an empty server has no ratio, an unknown verdict, and passes --check") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  const auto report = stats(server, {"--check", "--min-hit-ratio", "99%"});
  CHECK(report["hits"] == 0);
  CHECK(report["hit_ratio"].is_null());
  CHECK(report["keys"]["total"] == 0);
  CHECK(report["databases"].empty());
  CHECK(report["memory"]["max_bytes"].is_null());
  CHECK(report["memory"]["used_ratio"].is_null());
  CHECK(check_of(report, "hit-ratio")["status"] == "unknown");
  CHECK(check_of(report, "memory")["status"] == "warn");
}

TEST_CASE("stats json: the commands are counted, with percentiles, at most ten") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  for (int i = 0; i < 20; ++i) server.command({"SET", "k" + std::to_string(i), "v"});
  for (const char* name : {"GET", "TYPE", "TTL", "PTTL", "EXISTS", "DUMP", "STRLEN", "OBJECT"}) {
    server.try_command(std::string(name) == "OBJECT" ? Words{"OBJECT", "ENCODING", "k1"}
                                                     : Words{name, "k1"});
  }
  const auto report = stats(server);
  CHECK(report["commands"].size() == 10);
  bool found = false;
  for (const auto& command : report["commands"]) {
    if (command["name"] != "set") continue;
    found = true;
    CHECK(command["calls"] == 20);
    CHECK(command["usec_per_call"].get<double>() > 0);
    CHECK(command["p50_usec"].get<double>() <= command["p999_usec"].get<double>());
  }
  CHECK(found);
}

TEST_CASE("stats json: --per-node shows the one node of a single server") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  read_three_of_four(server);
  const auto report = stats(server, {"--per-node"});
  REQUIRE(report["per_node"].size() == 1);
  CHECK(report["per_node"][0]["address"] == server.address());
  CHECK(report["per_node"][0]["misses"] == report["misses"]);
}

}  // namespace rcache::test
