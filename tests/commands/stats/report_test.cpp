#include "commands/stats/report.h"

#include <doctest/doctest.h>

#include "commands/stats/sum.h"
#include "samples.h"

namespace rcache::stats {
namespace {

using Words = std::vector<std::string>;

const Check& check_of(const StatsReport& report, std::string_view id) {
  for (const auto& check : report.checks) {
    if (check.id == id) return check;
  }
  FAIL("no check " << id);
  return report.checks.front();
}

StatsReport report_on(const std::vector<NodeStats>& nodes, const Snapshot* since = nullptr) {
  ReportRequest request;
  request.since = since;
  return make_report(nodes, request);
}

TEST_CASE("read_node: every field by its whole name, in base units") {
  const auto stats = node();
  const auto& facts = stats.facts;
  CHECK(stats.at_unix_ms == 1'795'230'000'000);
  CHECK(facts.server.uptime_seconds == 1000);
  CHECK(facts.hits == 900);
  CHECK(facts.misses == 100);
  CHECK(facts.hit_ratio == 0.9);
  CHECK(facts.evicted_keys == 0);
  CHECK(facts.expired_keys == 200);
  CHECK(facts.rejected_connections == 0);
  CHECK(facts.commands_processed == 5000);
  CHECK(facts.ops_per_second == 42);
  CHECK(facts.memory.used_bytes == 1048576);
  CHECK(facts.memory.peak_bytes == 1572864);
  CHECK(facts.memory.rss_bytes == 2097152);
  CHECK(facts.memory.max_bytes == 2097152);
  CHECK(facts.memory.used_ratio == 0.5);
  CHECK(facts.memory.fragmentation_ratio == 2.05);
  CHECK(facts.memory.policy == "allkeys-lru");
  CHECK(facts.clients.connected == 12);
  CHECK(facts.clients.blocked == 1);
  CHECK(facts.clients.max == 10000);
  CHECK(facts.keys.total == 105);
  CHECK(facts.keys.with_ttl == 95);
  CHECK(facts.keys.without_ttl == 10);
}

TEST_CASE("read_node: databases by number, and no TTL average before the server has one") {
  const auto& databases = node().facts.databases;
  REQUIRE(databases.size() == 2);
  CHECK(databases[0].db == 0);
  CHECK(databases[0].without_ttl == 10);
  CHECK(databases[0].avg_ttl_seconds == 60.0);
  CHECK(databases[1].db == 10);
  CHECK_FALSE(databases[1].avg_ttl_seconds);
}

TEST_CASE("read_node: commands by time, with percentiles where the server keeps them") {
  const auto& commands = node().facts.commands;
  REQUIRE(commands.size() == 3);  // flushall was only refused
  CHECK(commands[0].name == "set");
  CHECK(commands[0].usec_per_call == 12);
  CHECK_FALSE(commands[0].p50_usec);
  CHECK(commands[1].name == "get");
  CHECK(commands[1].p50_usec == 1.003);
  CHECK(commands[1].p99_usec == 4.015);
  CHECK(commands[1].p999_usec == 15.039);
  CHECK(commands[2].name == "client|setname");
  CHECK(commands[0].time_ratio == doctest::Approx(6000.0 / 8006));
}

TEST_CASE("read_node: what INFO leaves out is unknown, and never 0") {
  const auto facts = node("redis_version:7.0.15\r\n").facts;
  CHECK_FALSE(facts.server.uptime_seconds);
  CHECK_FALSE(facts.hits);
  CHECK_FALSE(facts.hit_ratio);
  CHECK_FALSE(facts.evicted_keys);
  CHECK_FALSE(facts.ops_per_second);
  CHECK_FALSE(facts.memory.used_bytes);
  CHECK_FALSE(facts.memory.max_is_known);
  CHECK_FALSE(facts.clients.max);
  CHECK_FALSE(facts.keys.total);
  CHECK(facts.commands.empty());
  CHECK(node("used_memory:1\r\n").facts.keys.total == 0);  // an empty keyspace
}

TEST_CASE("read_node: nonsense from a server is unknown too") {
  const auto facts =
      node(info_with({{"keyspace_hits:900", "keyspace_hits:-1"},
                      {"used_memory:1048576", "used_memory:99999999999999999999"},
                      {"mem_fragmentation_ratio:2.05", "mem_fragmentation_ratio:nan"},
                      {"db0:keys=100", "db0:keys=x"},
                      {"cmdstat_get:calls=1000", "cmdstat_get:calls=-1"}}))
          .facts;
  CHECK_FALSE(facts.hits);
  CHECK_FALSE(facts.memory.used_bytes);
  CHECK_FALSE(facts.memory.fragmentation_ratio);
  CHECK(facts.databases.size() == 1);
  CHECK(facts.commands.size() == 2);
}

TEST_CASE("read_node: an INFO without a field is a protocol error that names the node") {
  const auto stats = read_node({.address = "10.0.0.7:6379", .info = Info("hello")});
  REQUIRE_FALSE(stats);
  CHECK(stats.error().kind == ErrorKind::protocol);
  CHECK(stats.error().message == "INFO of 10.0.0.7:6379 holds no fields");
}

TEST_CASE("read_node: our own clock counts where the server does not tell its own") {
  const auto stats = read_node({.received_unix_ms = 7000, .info = Info("redis_version:6.2.0\r\n")});
  REQUIRE(stats);
  CHECK(stats->at_unix_ms == 7000);
}

TEST_CASE("sum_of: ratios of sums, the youngest uptime, the largest percentile") {
  auto second = node(
      info_with({{"keyspace_hits:900", "keyspace_hits:100"},
                 {"uptime_in_seconds:1000", "uptime_in_seconds:50"},
                 {"used_memory_rss:2097152", "used_memory_rss:1048576"},
                 {"db0:keys=100,expires=90,avg_ttl=60000", "db0:keys=30,expires=30,avg_ttl=20000"},
                 {"latency_percentiles_usec_get:p50=1.003,p99=4.015",
                  "latency_percentiles_usec_get:p50=0.5,p99=9.0"}}),
      "127.0.0.1:7001", "run-b");
  const auto facts = sum_of({node(), second});
  CHECK(facts.server.nodes == 2);
  CHECK(facts.server.uptime_seconds == 50);
  CHECK(facts.hits == 1000);
  CHECK(facts.misses == 200);
  CHECK(facts.hit_ratio == doctest::Approx(1000.0 / 1200));
  CHECK(facts.memory.used_bytes == 2097152);
  CHECK(facts.memory.max_bytes == 4194304);
  CHECK(facts.memory.fragmentation_ratio == 1.5);
  REQUIRE(facts.databases.size() == 2);
  CHECK(facts.databases[0].keys == 130);
  CHECK(facts.databases[0].avg_ttl_seconds == doctest::Approx((90.0 * 60 + 30.0 * 20) / 120));
  CHECK(facts.commands[1].name == "get");
  CHECK(facts.commands[1].calls == 2000);
  CHECK(facts.commands[1].usec_per_call == 2);
  CHECK(facts.commands[1].p50_usec == 1.003);
  CHECK(facts.commands[1].p99_usec == 9.0);
}

TEST_CASE("sum_of: one node without an answer makes the sum unknown; words that differ are mixed") {
  auto second = node(info_with({{"maxmemory:2097152", "maxmemory:0"},
                                {"keyspace_hits:900\r\n", ""},
                                {"maxmemory_policy:allkeys-lru", "maxmemory_policy:noeviction"}}));
  second.facts.server.version = "7.2.4";
  const auto facts = sum_of({node(), second});
  CHECK_FALSE(facts.hits);
  CHECK_FALSE(facts.hit_ratio);
  CHECK_FALSE(facts.memory.max_bytes);
  CHECK(facts.memory.max_is_known);
  CHECK(facts.memory.policy == "mixed");
  CHECK(facts.server.version == "mixed");
  CHECK(facts.server.mode == "standalone");
}

TEST_CASE("sum_of: hostile counters do not overflow") {
  const auto huge = node(info_with({{"keyspace_hits:900", "keyspace_hits:9223372036854775807"},
                                    {"db0:keys=100", "db0:keys=9223372036854775807"}}));
  const auto facts = sum_of({huge, huge});
  CHECK(facts.hits == INT64_MAX);
  CHECK(facts.keys.total == INT64_MAX);
  CHECK(facts.hit_ratio == doctest::Approx(1.0));
}

TEST_CASE("make_report: the ten commands that take most time") {
  std::string info = "uptime_in_seconds:1\r\n";
  for (int index = 10; index < 25; ++index) {
    info += "cmdstat_c" + std::to_string(index) + ":calls=1,usec=" + std::to_string(index) + "\r\n";
  }
  const auto report = report_on({node(info)});
  REQUIRE(report.facts.commands.size() == 10);
  CHECK(report.facts.commands.front().name == "c24");
  CHECK(report.facts.commands.back().name == "c15");
}

TEST_CASE("make_report: nodes stand for themselves when asked, and always when there are several") {
  CHECK(report_on({node()}).per_node.empty());
  CHECK(report_on({node()}).address == "127.0.0.1:6379");

  ReportRequest asked;
  asked.per_node = PerNode::yes;
  CHECK(make_report({node()}, asked).per_node.size() == 1);

  const auto two = report_on({node(), node(k_info, "127.0.0.1:7001", "run-b")});
  CHECK(two.address == "");
  REQUIRE(two.per_node.size() == 2);
  CHECK(two.per_node[1].address == "127.0.0.1:7001");
  CHECK(two.per_node[1].facts.hits == 900);
  CHECK(two.per_node[1].checks.size() == 5);
  CHECK(two.per_node[1].per_node.empty());
}

TEST_CASE("make_report: what could not be asked makes it incomplete") {
  ReportRequest request;
  request.gaps = {"10.0.0.7:7001: Connection refused"};
  const auto report = make_report({node()}, request);
  CHECK_FALSE(report.complete);
  CHECK(report.gaps == Words{"10.0.0.7:7001: Connection refused"});
  CHECK(report_on({node()}).complete);
}

TEST_CASE("make_report: no node at all is unknown, not a crash") {
  const auto report = report_on({});
  CHECK(report.facts.server.nodes == 0);
  CHECK_FALSE(failed(report));
  CHECK(report.checks.size() == 5);
}

TEST_CASE("window: the difference of two looks at one process") {
  const auto before = snapshot_of({node()});
  const auto report =
      report_on({later({{"keyspace_hits:900", "keyspace_hits:930"},
                        {"keyspace_misses:100", "keyspace_misses:110"},
                        {"evicted_keys:0", "evicted_keys:25"},
                        {"total_commands_processed:5000", "total_commands_processed:5100"}})},
                &before);
  REQUIRE(report.window);
  CHECK(report.window->seconds == 5.0);
  CHECK(report.window->hits == 30);
  CHECK(report.window->misses == 10);
  CHECK(report.window->hit_ratio == 0.75);
  CHECK(report.window->evicted_keys == 25);
  CHECK(report.window->evicted_per_second == 5);
  CHECK(report.window->expired_keys == 0);
  CHECK(report.window->ops_per_second == 20);
  CHECK(report.notes.empty());
}

TEST_CASE("window: without traffic there is no ratio") {
  const auto before = snapshot_of({node()});
  const auto report = report_on({later({})}, &before);
  REQUIRE(report.window);
  CHECK(report.window->hits == 0);
  CHECK_FALSE(report.window->hit_ratio);
}

TEST_CASE("window: counters that went backwards are counted from the reset, and a note says so") {
  const auto before = snapshot_of({node()});
  const auto report = report_on({later({{"keyspace_hits:900", "keyspace_hits:8"},
                                        {"keyspace_misses:100", "keyspace_misses:2"}})},
                                &before);
  REQUIRE(report.window);
  CHECK(report.window->hits == 8);
  CHECK(report.window->hit_ratio == 0.8);
  CHECK(report.notes ==
        Words{"127.0.0.1:6379 is counted from a reset inside the window (CONFIG RESETSTAT)"});
}

TEST_CASE("window: a server that was restarted is counted from its start") {
  const auto before = snapshot_of({node()});
  const auto report = report_on({later({{"uptime_in_seconds:1000", "uptime_in_seconds:3"},
                                        {"keyspace_hits:900", "keyspace_hits:4"}},
                                       "127.0.0.1:6379", "run-new")},
                                &before);
  REQUIRE(report.window);
  CHECK(report.window->hits == 4);
  CHECK(report.window->seconds == 5.0);
  CHECK(report.notes == Words{"127.0.0.1:6379 was restarted 3s ago and is counted from then"});
}

TEST_CASE("window: another server that is older than the window does not lend it its past") {
  const auto before = snapshot_of({node()});
  const auto failover = report_on({later({}, "127.0.0.1:6379", "run-replica")}, &before);
  CHECK_FALSE(failover.window);
  CHECK(failover.notes ==
        Words{"127.0.0.1:6379 is not in the window: another server answers there, "
              "and it has been up for 16m 40s"});

  const auto joined = report_on(
      {later({{"keyspace_hits:900", "keyspace_hits:901"}}), later({}, "127.0.0.1:7001", "run-b")},
      &before);
  REQUIRE(joined.window);
  CHECK(joined.window->hits == 1);
  CHECK(joined.notes ==
        Words{"127.0.0.1:7001 is not in the window: it is new here, and it has been "
              "up for 16m 40s"});
}

TEST_CASE("window: a server that is gone is named, one that moved is followed") {
  const auto before = snapshot_of({node(), node(k_info, "127.0.0.1:7001", "run-b")});
  const auto gone = report_on({later({})}, &before);
  CHECK(gone.notes == Words{"127.0.0.1:7001 is gone: what it did since is not counted"});

  const auto moved = report_on(
      {later({}), later({{"keyspace_hits:900", "keyspace_hits:905"}}, "127.0.0.1:9999", "run-b")},
      &before);
  REQUIRE(moved.window);
  CHECK(moved.window->hits == 5);
  CHECK(moved.notes.empty());
}

TEST_CASE("window: where no run_id is told, the address must do") {
  const auto before = snapshot_of({node(k_info, "cache:6379", "")});
  const auto report =
      report_on({later({{"keyspace_hits:900", "keyspace_hits:905"}}, "cache:6379", "")}, &before);
  REQUIRE(report.window);
  CHECK(report.window->hits == 5);
}

TEST_CASE("window: a clock that was set back is replaced by the uptime") {
  const auto before = snapshot_of({later({})});
  const auto slow =
      report_on({node(info_with({{"uptime_in_seconds:1000", "uptime_in_seconds:1007"}}))}, &before);
  REQUIRE(slow.window);
  CHECK(slow.window->seconds == 7.0);
  const auto stopped = report_on({node()}, &before);
  CHECK_FALSE(stopped.window);
  CHECK(stopped.notes == Words{"127.0.0.1:6379 is not in the window: its clock stood still"});
}

TEST_CASE("window: several nodes are summed, each with its own in per_node") {
  const auto before = snapshot_of({node(), node(k_info, "127.0.0.1:7001", "run-b")});
  const auto report = report_on(
      {later({{"keyspace_hits:900", "keyspace_hits:930"}}),
       later({{"keyspace_misses:100", "keyspace_misses:110"}}, "127.0.0.1:7001", "run-b")},
      &before);
  REQUIRE(report.window);
  CHECK(report.window->hit_ratio == 0.75);
  CHECK(report.per_node[0].window->hit_ratio == 1.0);
  CHECK(report.per_node[1].window->hit_ratio == 0.0);
}

TEST_CASE("checks: each verdict, its value and its reason") {
  struct Case {
    const char* name;
    std::string info;
    const char* id;
    Status status;
    std::optional<double> value;
    const char* message;
  };
  const Case cases[] = {
      {"good ratio", std::string(k_info), "hit-ratio", Status::ok, 0.9,
       "90.0% of reads hit since start (at least 80% wanted)"},
      {"bad ratio", info_with({{"keyspace_hits:900", "keyspace_hits:100"}}), "hit-ratio",
       Status::fail, 0.5,
       "50.0% of reads hit since start (at least 80% wanted): keys expire or are evicted too soon, "
       "or are never written"},
      {"a ratio that rounds to its limit",
       info_with({{"keyspace_hits:900", "keyspace_hits:79996"},
                  {"keyspace_misses:100", "keyspace_misses:20004"}}),
       "hit-ratio", Status::fail, 0.79996,
       "79.996% of reads hit since start (at least 80% wanted): keys expire or are evicted too "
       "soon, "
       "or are never written"},
      {"no traffic",
       info_with({{"keyspace_hits:900", "keyspace_hits:0"},
                  {"keyspace_misses:100", "keyspace_misses:0"}}),
       "hit-ratio",
       Status::unknown,
       {},
       "no reads yet: nothing to judge"},
      {"hits not told",
       info_with({{"keyspace_hits:900\r\n", ""}}),
       "hit-ratio",
       Status::unknown,
       {},
       "the server does not count hits and misses"},
      {"no evictions", std::string(k_info), "evictions", Status::ok, 0.0,
       "no key was evicted since start"},
      {"evictions", info_with({{"evicted_keys:0", "evicted_keys:2500"}}), "evictions", Status::fail,
       2.5,
       "2,500 keys evicted since start, 2.5/s (at most 0/s wanted): the cache is too small for its "
       "keys; raise maxmemory or shorten TTLs"},
      {"evictions not told",
       info_with({{"evicted_keys:0\r\n", ""}}),
       "evictions",
       Status::unknown,
       {},
       "the server does not count evicted keys"},
      {"memory with room", std::string(k_info), "memory", Status::ok, 0.5,
       "50.0% of maxmemory is in use (at most 90% wanted)"},
      {"memory nearly full", info_with({{"used_memory:1048576", "used_memory:2040000"}}), "memory",
       Status::fail, 2040000.0 / 2097152,
       "97.3% of maxmemory is in use (at most 90% wanted): raise maxmemory or shorten TTLs"},
      {"no maxmemory",
       info_with({{"maxmemory:2097152", "maxmemory:0"}}),
       "memory",
       Status::warn,
       {},
       "no maxmemory is set: the cache can grow until the host runs out of memory"},
      {"maxmemory not told",
       info_with({{"maxmemory:2097152\r\n", ""}}),
       "memory",
       Status::unknown,
       {},
       "the server does not tell its memory and maxmemory"},
      {"a cache's policy",
       std::string(k_info),
       "policy",
       Status::ok,
       {},
       "allkeys-lru: keys are evicted when memory is full"},
      {"noeviction",
       info_with({{"maxmemory_policy:allkeys-lru", "maxmemory_policy:noeviction"}}),
       "policy",
       Status::warn,
       {},
       "noeviction: every write fails once memory is full; a cache wants allkeys-lru or "
       "allkeys-lfu"},
      {"noeviction without maxmemory",
       info_with({{"maxmemory_policy:allkeys-lru", "maxmemory_policy:noeviction"},
                  {"maxmemory:2097152", "maxmemory:0"}}),
       "policy",
       Status::ok,
       {},
       "noeviction, which has no effect without maxmemory"},
      {"volatile with few keys that stay",
       info_with({{"maxmemory_policy:allkeys-lru", "maxmemory_policy:volatile-ttl"}}), "policy",
       Status::ok, 10.0 / 105, "volatile-ttl: keys are evicted when memory is full"},
      {"volatile with many",
       info_with({{"maxmemory_policy:allkeys-lru", "maxmemory_policy:volatile-lru"},
                  {"db0:keys=100,expires=90", "db0:keys=100,expires=60"}}),
       "policy", Status::warn, 40.0 / 105,
       "volatile-lru never evicts the 40 keys without TTL (38.1% of all): give them one, or use "
       "allkeys-*"},
      {"policy not told",
       info_with({{"maxmemory_policy:allkeys-lru\r\n", ""}}),
       "policy",
       Status::unknown,
       {},
       "the server does not tell its maxmemory-policy"},
      {"nobody turned away", std::string(k_info), "connections", Status::ok, 0.0,
       "no connection was rejected since start"},
      {"turned away", info_with({{"rejected_connections:0", "rejected_connections:3"}}),
       "connections", Status::warn, 3.0,
       "3 connections were rejected since start: maxclients (10,000) was reached; look for clients "
       "that do not close"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.name);
    const auto report = report_on({node(c.info)});
    const auto& check = check_of(report, c.id);
    CHECK(to_string(check.status) == to_string(c.status));
    CHECK(check.value == c.value);
    CHECK(check.message == c.message);
    CHECK(failed(report) == (c.status == Status::fail));
  }
}

TEST_CASE("checks: the window decides where it has traffic") {
  const auto before = snapshot_of({node(info_with({{"evicted_keys:0", "evicted_keys:1000"}}))});
  const auto calm = report_on({later({{"evicted_keys:0", "evicted_keys:1000"}})}, &before);
  CHECK(check_of(calm, "evictions").message == "no key was evicted in the last 5s");
  CHECK(check_of(calm, "hit-ratio").message ==
        "90.0% of reads hit since start (at least 80% wanted)");

  const auto busy = report_on({later({{"evicted_keys:0", "evicted_keys:1001"},
                                      {"keyspace_misses:100", "keyspace_misses:101"}})},
                              &before);
  CHECK(check_of(busy, "evictions").value == 0.2);
  CHECK(check_of(busy, "evictions").message ==
        "1 key evicted in the last 5s, 0.2/s (at most 0/s wanted): the cache is too small for its "
        "keys; raise maxmemory or shorten TTLs");
  CHECK(check_of(busy, "hit-ratio").value == 0.0);
  CHECK(check_of(busy, "hit-ratio").status == Status::fail);
}

TEST_CASE("checks: limits can be moved") {
  ReportRequest request;
  request.limits = {.min_hit_ratio = 0.95, .max_evictions_per_second = 3, .max_memory_ratio = 0.4};
  const auto report =
      make_report({node(info_with({{"evicted_keys:0", "evicted_keys:2500"}}))}, request);
  CHECK(check_of(report, "hit-ratio").status == Status::fail);
  CHECK(check_of(report, "hit-ratio").limit == 0.95);
  CHECK(check_of(report, "evictions").status == Status::ok);
  CHECK(check_of(report, "memory").status == Status::fail);
}

TEST_CASE("checks: exactly at a limit is not beyond it") {
  ReportRequest request;
  request.limits = {.min_hit_ratio = 0.9, .max_evictions_per_second = 2.5, .max_memory_ratio = 0.5};
  const auto report =
      make_report({node(info_with({{"evicted_keys:0", "evicted_keys:2500"}}))}, request);
  for (const auto* id : {"hit-ratio", "evictions", "memory"}) {
    CAPTURE(id);
    CHECK(check_of(report, id).status == Status::ok);
  }
}

TEST_CASE("checks: of several nodes the worst one speaks for memory and policy, by name") {
  const auto full =
      node(info_with({{"used_memory:1048576", "used_memory:2040000"}}), "127.0.0.1:7001", "run-b");
  const auto open =
      node(info_with({{"maxmemory:2097152", "maxmemory:0"}}), "127.0.0.1:7002", "run-c");
  CHECK(check_of(report_on({node(), full, open}), "memory").message ==
        "127.0.0.1:7001: 97.3% of maxmemory is in use (at most 90% wanted): raise maxmemory or "
        "shorten TTLs");
  CHECK(
      check_of(report_on({node(), open}), "memory").message ==
      "127.0.0.1:7002: no maxmemory is set: the cache can grow until the host runs out of memory");
  CHECK(check_of(report_on({open, open}), "memory").message ==
        "all nodes: no maxmemory is set: the cache can grow until the host runs out of memory");
  CHECK(check_of(report_on({full, full}), "memory")
            .message.starts_with("127.0.0.1:7001 and 1 more: "));
  CHECK(check_of(report_on({node(), node()}), "memory").message ==
        "highest at 127.0.0.1:6379: 50.0% of maxmemory is in use (at most 90% wanted)");
  CHECK(check_of(report_on({node(), node()}), "policy").message ==
        "allkeys-lru: keys are evicted when memory is full");
}

}  // namespace
}  // namespace rcache::stats
