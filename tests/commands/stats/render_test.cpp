#include "commands/stats/render.h"

#include <doctest/doctest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <sstream>

#include "core/utf8.h"
#include "samples.h"

namespace rcache::stats {
namespace {

using Json = nlohmann::ordered_json;
using Lines = std::vector<std::string>;

Lines lines_of(const std::string& text) {
  Lines out;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) out.push_back(line);
  return out;
}

StatsReport calm() {
  const auto before = snapshot_of({node()});
  ReportRequest request;
  request.since = &before;
  return make_report({later({{"keyspace_hits:900", "keyspace_hits:930"},
                             {"keyspace_misses:100", "keyspace_misses:110"},
                             {"expired_keys:200", "expired_keys:210"}})},
                     request);
}

/// A server that lies in every word and number it can.
NodeStats hostile() {
  auto out = node(
      info_with({{"maxmemory_policy:allkeys-lru", "maxmemory_policy:\x1b[2J=evil\xff"},
                 {"cmdstat_get:calls=1000,usec=2000",
                  "cmdstat_g\"\\\xff\x1b|,:calls=9223372036854775807,usec=9223372036854775807"},
                 {"used_memory:1048576", "used_memory:9223372036854775807"},
                 {"uptime_in_seconds:1000", "uptime_in_seconds:9223372036854775807"},
                 {"instantaneous_ops_per_sec:42", "instantaneous_ops_per_sec:1e308"},
                 {"connected_clients:12", "connected_clients:9223372036854775807"},
                 {"db0:keys=100,expires=90,avg_ttl=60000",
                  "db0:keys=9223372036854775807,expires=0,avg_ttl=1e300"},
                 {"evicted_keys:0", "evicted_keys:9223372036854775807"}}),
      "evil\nhost\u202e:1", "r");
  out.facts.server.version = "7.0\n\x1b[31m" + std::string(500, 'v');
  out.facts.server.flavor = "=redis";
  out.facts.server.role = "\xff";
  return out;
}

std::vector<StatsReport> reports() {
  ReportRequest gaps;
  gaps.gaps = {"10.0.0.7:7001: " + std::string(300, 'x') + "\x1b[2J"};
  const auto before = snapshot_of({node(k_info, "gone.example.com:6379", "run-z")});
  ReportRequest since;
  since.since = &before;
  auto old = calm();
  old.window->seconds = 1e9;
  return {calm(),
          make_report({}, {}),
          make_report({node("redis_version:7.0.15\r\n")}, {}),
          make_report({hostile()}, {}),
          make_report({hostile(), node(), node(k_info, "127.0.0.1:7001", "run-b")}, gaps),
          old,
          make_report({node(), later({}, "a-rather-long-host-name.example.com:6379", "r")}, since)};
}

TEST_CASE("stats text: a calm cache, whole") {
  CHECK(text(calm(), {}) ==
        "redis 7.0.15 standalone master at 127.0.0.1:6379, up 16m 40s\n"
        "\n"
        "Hit ratio   89.4%  █████████████████▉░░  930 hits, 110 misses since start\n"
        "  in 5s     75.0%  ███████████████░░░░░  30 hits, 10 misses\n"
        "Memory      50.0%  ██████████░░░░░░░░░░  1.0 MiB of 2.0 MiB\n"
        "            peak 1.5 MiB, rss 2.0 MiB, fragmentation 2.05, policy allkeys-lru\n"
        "Keys        105 in all, 95 with TTL, 10 without\n"
        "Traffic     0 ops/s, 12 of 10,000 clients, 1 blocked, 0 rejected\n"
        "Evicted     0 since start, 0 in 5s\n"
        "Expired     210 since start (0.21/s), 10 in 5s (2/s)\n"
        "\n"
        "Database  keys  with TTL  without  average TTL\n"
        "       0   100        90       10           1m\n"
        "      10     5         5        0            -\n"
        "\n"
        "Top commands    calls  µs/call  p50  p99  p99.9   time\n"
        "set               500     12.0    -    -      -  74.9%  ███████▌░░\n"
        "get             1,000      2.0  1.0  4.0   15.0  25.0%  ██▌░░░░░░░\n"
        "client|setname      2      3.0    -    -      -   0.1%  ▏░░░░░░░░░\n"
        "\n"
        "FAIL     hit-ratio    75.0% of reads hit in the last 5s (at least 80% wanted):\n"
        "                      keys expire or are evicted too soon, or are never written\n"
        "ok       evictions    no key was evicted in the last 5s\n"
        "ok       memory       50.0% of maxmemory is in use (at most 90% wanted)\n"
        "ok       policy       allkeys-lru: keys are evicted when memory is full\n"
        "ok       connections  no connection was rejected since start\n"
        "\n"
        "Not healthy: hit-ratio\n");
}

TEST_CASE("stats text: the same at 40 columns in ASCII") {
  CHECK(text(calm(), {.width = 40, .charset = render::Charset::ascii}) ==
        "redis 7.0.15 standalone master at\n"
        "127.0.0.1:6379, up 16m 40s\n"
        "\n"
        "Hit ratio   89.4%  #########.\n"
        "            930 hits, 110 misses since\n"
        "            start\n"
        "  in 5s     75.0%  ########..\n"
        "            30 hits, 10 misses\n"
        "Memory      50.0%  #####.....\n"
        "            1.0 MiB of 2.0 MiB\n"
        "            peak 1.5 MiB, rss 2.0 MiB\n"
        "            fragmentation 2.05\n"
        "            policy allkeys-lru\n"
        "Keys        105 in all, 95 with TTL\n"
        "            10 without\n"
        "Traffic     0 ops/s\n"
        "            12 of 10,000 clients\n"
        "            1 blocked, 0 rejected\n"
        "Evicted     0 since start, 0 in 5s\n"
        "Expired     210 since start (0.21/s)\n"
        "            10 in 5s (2/s)\n"
        "\n"
        "Database  keys  with TTL  without\n"
        "       0   100        90       10\n"
        "      10     5         5        0\n"
        "\n"
        "Top co~  calls  us/call  p50  p99   time\n"
        "set        500     12.0    -    -  74.9%\n"
        "get      1,000      2.0  1.0  4.0  25.0%\n"
        "client~      2      3.0    -    -   0.1%\n"
        "\n"
        "FAIL     hit-ratio\n"
        "  75.0% of reads hit in the last 5s (at\n"
        "  least 80% wanted): keys expire or are\n"
        "  evicted too soon, or are never written\n"
        "ok       evictions\n"
        "  no key was evicted in the last 5s\n"
        "ok       memory\n"
        "  50.0% of maxmemory is in use (at most\n"
        "  90% wanted)\n"
        "ok       policy\n"
        "  allkeys-lru: keys are evicted when\n"
        "  memory is full\n"
        "ok       connections\n"
        "  no connection was rejected since start\n"
        "\n"
        "Not healthy: hit-ratio\n");
}

TEST_CASE("stats text: trouble in a cluster is loud, and the nodes stand below each other") {
  ReportRequest request;
  request.gaps = {"10.0.0.7:7002: Connection refused"};
  auto first = node(info_with({{"keyspace_hits:900", "keyspace_hits:100"}}), "10.0.0.5:7000", "a");
  auto second = node(info_with({{"maxmemory:2097152", "maxmemory:0"}}), "10.0.0.6:7001", "b");
  first.facts.server.mode = second.facts.server.mode = "cluster";
  CHECK(text(make_report({first, second}, request), {}, PerNode::yes) ==
        "redis 7.0.15 cluster, 2 masters, up 16m 40s\n"
        "INCOMPLETE: 10.0.0.7:7002: Connection refused\n"
        "\n"
        "Hit ratio   83.3%  ████████████████▋░░░  1,000 hits, 200 misses since start\n"
        "Memory      2.0 MiB, no maxmemory\n"
        "            peak 3.0 MiB, rss 4.0 MiB, fragmentation 2.00, policy allkeys-lru\n"
        "Keys        210 in all, 190 with TTL, 20 without\n"
        "Traffic     84 ops/s, 24 of 20,000 clients, 2 blocked, 0 rejected\n"
        "Evicted     0 since start\n"
        "Expired     400 since start (0.4/s)\n"
        "\n"
        "Database  keys  with TTL  without  average TTL\n"
        "       0   200       180       20           1m\n"
        "      10    10        10        0            -\n"
        "\n"
        "Top commands    calls  µs/call  p50  p99  p99.9   time\n"
        "set             1,000     12.0    -    -      -  74.9%  ███████▌░░\n"
        "get             2,000      2.0  1.0  4.0   15.0  25.0%  ██▌░░░░░░░\n"
        "client|setname      4      3.0    -    -      -   0.1%  ▏░░░░░░░░░\n"
        "\n"
        "Node           verdict   hits   memory  of max  keys  ops/s  evicted       up\n"
        "10.0.0.5:7000  FAIL     50.0%  1.0 MiB   50.0%   105     42        0  16m 40s\n"
        "10.0.0.6:7001  warn     90.0%  1.0 MiB       -   105     42        0  16m 40s\n"
        "\n"
        "ok       hit-ratio    83.3% of reads hit since start (at least 80% wanted)\n"
        "ok       evictions    no key was evicted since start\n"
        "warn     memory       10.0.0.6:7001: no maxmemory is set: the cache can grow\n"
        "                      until the host runs out of memory\n"
        "ok       policy       allkeys-lru: keys are evicted when memory is full\n"
        "ok       connections  no connection was rejected since start\n"
        "\n"
        "INCOMPLETE: no verdict on the whole; what answered is healthy, with warnings:\n"
        "memory\n");
}

TEST_CASE("stats text: a server that says nothing reads n/a everywhere") {
  CHECK(text(make_report({node("redis_version:7.0.15\r\n")}, {}), {}) ==
        "redis 7.0.15 standalone master at 127.0.0.1:6379\n"
        "\n"
        "Hit ratio   n/a     n/a hits, n/a misses since start\n"
        "Memory      n/a, maxmemory unknown\n"
        "            peak n/a, rss n/a, fragmentation n/a, policy unknown\n"
        "Keys        n/a in all, n/a with TTL, n/a without\n"
        "Traffic     ops/s n/a, n/a clients, n/a blocked, n/a rejected\n"
        "Evicted     n/a\n"
        "Expired     n/a\n"
        "\n"
        "unknown  hit-ratio    the server does not count hits and misses\n"
        "unknown  evictions    the server does not count evicted keys\n"
        "unknown  memory       the server does not tell its memory and maxmemory\n"
        "unknown  policy       the server does not tell its maxmemory-policy\n"
        "unknown  connections  the server does not count rejected connections\n"
        "\n"
        "Unknown: there is nothing to judge by\n");
}

TEST_CASE(
    "stats text: no line is wider than the terminal, and no word from outside moves the cursor") {
  const auto all = reports();
  for (std::size_t index = 0; index < all.size(); ++index) {
    for (std::size_t width = 20; width <= 120; ++width) {
      for (const auto charset : {render::Charset::unicode, render::Charset::ascii}) {
        const auto screen = text(all[index], {.width = width, .charset = charset}, PerNode::yes);
        for (const auto& line : lines_of(screen)) {
          if (display_width(line) <= width && is_valid_utf8(line) &&
              line.find_first_of("\x1b\r\x7f") == std::string::npos && !line.ends_with(' ')) {
            continue;
          }
          FAIL("report " << index << " at " << width << ": " << line);
        }
      }
    }
  }
}

TEST_CASE("stats text: colour is for verdicts and headings, and adds nothing but colour") {
  const auto plain = text(calm(), {});
  const auto colored = text(calm(), {.color = render::Color::on});
  CHECK(std::regex_replace(colored, std::regex("\x1b\\[[0-9;]*m"), "") == plain);
  CHECK(colored.find("\x1b[32mok\x1b[0m") != std::string::npos);
  CHECK(plain.find('\x1b') == std::string::npos);
}

TEST_CASE("stats json: names, order and units of the contract") {
  const auto document = Json::parse(json(calm()));
  const auto names = [](const Json& object) {
    Lines out;
    for (const auto& [name, value] : object.items()) out.push_back(name);
    return out;
  };
  CHECK(names(document) == Lines{"schema",
                                 "at",
                                 "server",
                                 "complete",
                                 "gaps",
                                 "notes",
                                 "hits",
                                 "misses",
                                 "hit_ratio",
                                 "window",
                                 "evicted_keys",
                                 "expired_keys",
                                 "rejected_connections",
                                 "ops_per_second",
                                 "memory",
                                 "clients",
                                 "keys",
                                 "databases",
                                 "commands",
                                 "checks",
                                 "per_node"});
  CHECK(names(document["server"]) ==
        Lines{"flavor", "version", "mode", "role", "nodes", "uptime_seconds"});
  CHECK(names(document["window"]) == Lines{"seconds", "hits", "misses", "hit_ratio", "evicted_keys",
                                           "expired_keys", "ops_per_second",
                                           "evicted_keys_per_second", "expired_keys_per_second"});
  CHECK(names(document["memory"]) == Lines{"used_bytes", "peak_bytes", "rss_bytes", "max_bytes",
                                           "used_ratio", "fragmentation_ratio", "policy"});
  CHECK(names(document["clients"]) == Lines{"connected", "blocked", "max"});
  CHECK(names(document["keys"]) == Lines{"total", "with_ttl", "without_ttl"});
  CHECK(names(document["databases"][0]) ==
        Lines{"db", "keys", "with_ttl", "without_ttl", "avg_ttl_seconds"});
  CHECK(names(document["commands"][0]) == Lines{"name", "calls", "usec", "time_ratio",
                                                "usec_per_call", "p50_usec", "p99_usec",
                                                "p999_usec"});
  CHECK(names(document["checks"][0]) == Lines{"id", "status", "value", "limit", "message"});

  CHECK(document["schema"] == "rcache.stats/1");
  CHECK(document["at"] == "2026-11-21T03:00:05Z");
  CHECK(document["hit_ratio"].get<double>() == doctest::Approx(930.0 / 1040));
  CHECK(document["window"]["hit_ratio"] == 0.75);
  CHECK(document["memory"]["max_bytes"] == 2097152);
  CHECK(document["databases"][1]["avg_ttl_seconds"].is_null());
  CHECK(document["per_node"] == Json::array());
}

TEST_CASE("stats json: unknown is null, and a node has the same fields after its address") {
  const auto empty = Json::parse(json(make_report({node("redis_version:7.0.15\r\n")}, {})));
  for (const auto* name :
       {"hits", "misses", "hit_ratio", "window", "evicted_keys", "ops_per_second"}) {
    CAPTURE(name);
    CHECK(empty[name].is_null());
  }
  CHECK(empty["memory"]["max_bytes"].is_null());
  CHECK(empty["memory"]["policy"].is_null());

  const auto two = Json::parse(json(make_report({node(), node(k_info, "b:1", "run-b")}, {})));
  auto expected = Json::parse(json(make_report({node()}, {})));
  expected.erase("schema");
  expected.erase("per_node");
  auto own = two["per_node"][0];
  CHECK(own.begin().key() == "address");
  own.erase("address");
  CHECK(own == expected);
}

TEST_CASE("stats ndjson: the same document on one line, whatever a server says") {
  for (const auto& report : reports()) {
    const auto line = ndjson(report);
    CHECK(line.find('\n') == line.size() - 1);
    CHECK(is_valid_utf8(line));
    CHECK(line.find('\x1b') == std::string::npos);
    CHECK(Json::parse(line) == Json::parse(json(report)));
  }
}

/// RFC 4180, strictly.
std::vector<Lines> parse_csv(const std::string& text) {
  std::vector<Lines> rows(1, Lines(1));
  bool quoted = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    auto& field = rows.back().back();
    if (quoted && text[at] == '"' && at + 1 < text.size() && text[at + 1] == '"') {
      field += text[++at];
    } else if (text[at] == '"') {
      CHECK((quoted || field.empty()));
      quoted = !quoted;
    } else if (!quoted && text[at] == ',') {
      rows.back().emplace_back();
    } else if (!quoted && text[at] == '\n') {
      rows.emplace_back(1);
    } else {
      field += text[at];
    }
  }
  CHECK_FALSE(quoted);
  CHECK(rows.back() == Lines{""});
  rows.pop_back();
  return rows;
}

TEST_CASE("stats csv: a header and a row, unknown empty") {
  const auto rows = parse_csv(csv(calm(), PerNode::no));
  REQUIRE(rows.size() == 2);
  std::map<std::string, std::string> row;
  for (std::size_t index = 0; index < rows[0].size(); ++index)
    row[rows[0][index]] = rows[1].at(index);
  CHECK(row.size() == rows[0].size());
  CHECK(row["at"] == "2026-11-21T03:00:05Z");
  CHECK(row["address"] == "127.0.0.1:6379");
  CHECK(row["hits"] == "930");
  CHECK(row["window_seconds"] == "5");
  CHECK(row["window_hit_ratio"] == "0.75");
  CHECK(row["memory_max_bytes"] == "2097152");
  CHECK(row["memory_policy"] == "allkeys-lru");
  CHECK(row["check_hit_ratio"] == "fail");
  CHECK(row["check_memory"] == "ok");
  CHECK(row["keys_without_ttl"] == "10");
  CHECK(csv(calm(), PerNode::no) == csv_header() + csv_row(calm()));
}

TEST_CASE("stats csv: every row has every field, and none is a formula") {
  for (const auto& report : reports()) {
    const auto rows = parse_csv(csv_header() + csv_row(report) + csv(report, PerNode::yes));
    for (const auto& row : rows) {
      CHECK(row.size() == rows[0].size());
      for (const auto& field : row) {
        CHECK((field.empty() ||
               std::string_view("=+@\t\r-").find(field[0]) == std::string_view::npos));
      }
    }
  }
}

TEST_CASE("stats csv: one row for each node when asked") {
  const auto report = make_report({node(), node(k_info, "b:1", "run-b")}, {});
  const auto rows = parse_csv(csv(report, PerNode::yes));
  REQUIRE(rows.size() == 3);
  CHECK(rows[1][1] == "127.0.0.1:6379");
  CHECK(rows[2][1] == "b:1");
}

/// What node_exporter's textfile collector wants, line by line.
/// Source: https://prometheus.io/docs/instrumenting/exposition_formats/ (text-based format)
std::map<std::string, std::string> parse_prometheus(const std::string& page) {
  static const std::regex k_help("# HELP (rcache_[a-z0-9_]+) [^\\\\]+");
  static const std::regex k_type("# TYPE (rcache_[a-z0-9_]+) (counter|gauge)");
  static const std::string k_label = "[a-z]+=\"(?:[^\"\\\\]|\\\\[\\\\\"n])*\"";
  static const std::regex k_sample("(rcache_[a-z0-9_]+)(\\{" + k_label + "(?:," + k_label +
                                   ")*\\})? (-?[0-9][0-9.e+-]*)");
  std::map<std::string, std::string> series;
  std::set<std::string> seen;
  std::string helped;
  std::string family;
  std::smatch match;
  if (!page.empty()) CHECK(page.back() == '\n');
  CHECK(is_valid_utf8(page));
  for (const auto& line : lines_of(page)) {
    CAPTURE(line);
    if (std::regex_match(line, match, k_help)) {
      helped = match[1];
      CHECK(seen.insert(helped).second);  // a family comes once, all together
    } else if (std::regex_match(line, match, k_type)) {
      family = match[1];
      CHECK(family == helped);
      CHECK((match[2] == "counter") == family.ends_with("_total"));
      for (const auto* unit : {"_ms", "_usec", "_percent", "_kb", "_milliseconds"}) {
        CHECK(family.find(unit) == std::string::npos);
      }
    } else {
      REQUIRE(std::regex_match(line, match, k_sample));
      CHECK(match[1] == family);
      CHECK(series.emplace(match[1].str() + match[2].str(), match[3]).second);
    }
  }
  return series;
}

TEST_CASE("stats prometheus: facts in base units") {
  auto series = parse_prometheus(prometheus(calm(), PerNode::no));
  CHECK(series["rcache_keyspace_hits_total"] == "930");
  CHECK(series["rcache_window_hit_ratio"] == "0.75");
  CHECK(series["rcache_memory_used_bytes"] == "1048576");
  CHECK(series["rcache_keys_without_ttl{db=\"0\"}"] == "10");
  CHECK(series["rcache_average_ttl_seconds{db=\"0\"}"] == "60");
  CHECK_FALSE(series.contains("rcache_average_ttl_seconds{db=\"10\"}"));
  CHECK(series["rcache_command_calls_total{command=\"client|setname\"}"] == "2");
  CHECK(series["rcache_command_seconds_total{command=\"set\"}"] == "0.006");
  CHECK(series["rcache_command_latency_seconds{command=\"get\",quantile=\"0.999\"}"] ==
        "1.5039e-05");
  CHECK(series["rcache_check_failed{check=\"hit-ratio\"}"] == "1");
  CHECK(series["rcache_check_failed{check=\"memory\"}"] == "0");
  CHECK(series["rcache_complete"] == "1");
  CHECK(series["rcache_server_info{flavor=\"redis\",version=\"7.0.15\",mode=\"standalone\","
               "role=\"master\",policy=\"allkeys-lru\"}"] == "1");
}

TEST_CASE("stats prometheus: valid whatever a server says, with nodes and without") {
  for (const auto& report : reports()) {
    parse_prometheus(prometheus(report, PerNode::no));
    parse_prometheus(prometheus(report, PerNode::yes));
  }
}

TEST_CASE("stats prometheus: with nodes no sum is there to be counted twice; verdicts stay whole") {
  const auto report = make_report({node(), node(k_info, "b:1", "run-b")}, {});
  const auto series = parse_prometheus(prometheus(report, PerNode::yes));
  CHECK(series.contains("rcache_keyspace_hits_total{node=\"127.0.0.1:6379\"}"));
  CHECK(series.contains("rcache_keyspace_hits_total{node=\"b:1\"}"));
  CHECK_FALSE(series.contains("rcache_keyspace_hits_total"));
  CHECK(series.contains("rcache_keys{node=\"b:1\",db=\"0\"}"));
  CHECK(series.contains("rcache_check_failed{check=\"memory\"}"));
  CHECK(series.at("rcache_nodes") == "2");
}

TEST_CASE("stats prometheus: an unknown check has no sample") {
  const auto series = parse_prometheus(prometheus(make_report({node("a:1\r\n")}, {}), PerNode::no));
  CHECK_FALSE(series.contains("rcache_check_failed{check=\"memory\"}"));
  CHECK_FALSE(series.contains("rcache_hit_ratio"));
}

}  // namespace
}  // namespace rcache::stats
