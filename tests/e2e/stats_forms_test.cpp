// The other forms of the report, read by parsers that know nothing of rcache.
#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "e2e/support.h"
#include "support/skip.h"

namespace rcache::test {
namespace {

/// Reads a page as Prometheus' text format and complains of what a strict reader would refuse.
///
/// Out:     the samples by name and labels.
/// Source:  https://prometheus.io/docs/instrumenting/exposition_formats/
std::map<std::string, std::string> parse_prometheus(const std::string& page) {
  static const std::regex k_help("# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) .+");
  static const std::regex k_type(
      "# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram|summary|untyped)");
  static const std::regex k_sample(
      R"(([a-zA-Z_:][a-zA-Z0-9_:]*)(\{[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\.)*"(?:,[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\.)*")*\})? (-?[0-9]+(?:\.[0-9]+)?(?:e[-+]?[0-9]+)?|NaN|[+-]Inf))");
  std::map<std::string, std::string> samples;
  std::map<std::string, std::string> types;
  std::set<std::string> families;
  std::string current;
  CHECK(page.ends_with("\n"));
  for (const auto& line : lines_of(page)) {
    CAPTURE(line);
    std::smatch match;
    if (std::regex_match(line, match, k_help)) {
      CHECK(families.insert(match[1]).second);  // a family is in one piece
      current = match[1];
    } else if (std::regex_match(line, match, k_type)) {
      CHECK(match[1] == current);
      types[match[1]] = match[2];
    } else {
      REQUIRE(std::regex_match(line, match, k_sample));
      CHECK(match[1] == current);
      CHECK(types.count(match[1]) == 1);
      CHECK((types[match[1]] == "counter") == std::string(match[1]).ends_with("_total"));
      CHECK(samples.emplace(std::string(match[1]) + std::string(match[2]), match[3]).second);
    }
  }
  return samples;
}

std::vector<std::string> cells(const std::string& row) {
  std::vector<std::string> all(1);
  for (const char c : row) {
    if (c == ',') all.emplace_back();
    if (c != ',') all.back() += c;
  }
  return all;
}

}  // namespace

TEST_CASE("stats prometheus: a strict reader takes it, and the numbers are the server's") {
  RCACHE_NEED_SERVER("redis");
  Server server({.arguments = {"--maxmemory", "100mb"}});
  read_three_of_four(server);
  const auto result = run_at(server, {"stats", "-o", "prometheus", "--window", "100ms"});
  CHECK(result.exit_code == 0);
  const auto samples = parse_prometheus(result.out);
  CHECK(samples.at("rcache_keyspace_hits_total") == "3");
  CHECK(samples.at("rcache_keyspace_misses_total") == "1");
  CHECK(samples.at("rcache_hit_ratio") == "0.75");
  CHECK(samples.at("rcache_memory_max_bytes") == "104857600");
  CHECK(samples.at("rcache_keys{db=\"0\"}") == "1");
  CHECK(samples.at("rcache_check_failed{check=\"hit-ratio\"}") == "1");
  CHECK(samples.at("rcache_complete") == "1");
  CHECK(samples.at("rcache_command_calls_total{command=\"get\"}") == "4");
}

TEST_CASE("stats prometheus: what is unknown is left out, and --per-node labels the node") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  CHECK(parse_prometheus(run_at(server, {"stats", "-o", "prometheus"}).out)
            .count("rcache_hit_ratio") == 0);
  const auto samples =
      parse_prometheus(run_at(server, {"stats", "-o", "prometheus", "--per-node"}).out);
  CHECK(samples.count("rcache_keyspace_hits_total") == 0);
  CHECK(samples.at("rcache_keyspace_hits_total{node=\"" + server.address() + "\"}") == "0");
}

TEST_CASE("stats csv: a header and a row of the same width") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  read_three_of_four(server);
  for (const auto& flags : std::vector<std::vector<std::string>>{
           {"stats", "-o", "csv"}, {"stats", "-o", "csv", "--per-node"}}) {
    const auto lines = lines_of(run_at(server, flags).out);
    REQUIRE(lines.size() == 2);
    auto head = cells(lines[0]);
    auto row = cells(lines[1]);
    for (auto* all : {&head, &row}) {
      if (all->back().ends_with('\r')) all->back().pop_back();  // RFC 4180 ends lines so
    }
    REQUIRE(head.size() == row.size());
    std::map<std::string, std::string> values;
    for (std::size_t i = 0; i < head.size(); ++i) values[head[i]] = row[i];
    CHECK(values.at("hits") == "3");
    CHECK(values.at("misses") == "1");
    CHECK(values.at("hit_ratio") == "0.75");
  }
}

TEST_CASE("stats ndjson: the same document as json, on one line") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  read_three_of_four(server);
  const auto line = run_at(server, {"stats", "-o", "ndjson"}).out;
  CHECK(lines_of(line).size() == 1);
  const auto document = nlohmann::json::parse(line);
  CHECK(document["schema"] == "rcache.stats/1");
  CHECK(document["hits"] == 3);
  const auto other = nlohmann::json::parse(run_at(server, {"stats", "--json"}).out);
  CHECK(document["keys"] == other["keys"]);
}

TEST_CASE("stats text: one screen of 80 columns with the verdict last") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  read_three_of_four(server);
  const auto result = run_at(server, {"stats"});
  const auto lines = lines_of(result.out);
  CHECK(lines.front().starts_with("redis "));
  CHECK(lines.back().starts_with("Not healthy: hit-ratio"));
  CHECK(contains(result.out, "75.0%"));
  CHECK(contains(result.out, "3 hits, 1 misses since start"));
}

}  // namespace rcache::test
