// `rcache stats` by way of sentinels: the primary by name, before and after a failover.
#include <csignal>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "e2e/support.h"
#include "support/sentinel.h"
#include "support/skip.h"

namespace rcache::test {
namespace {

using Json = nlohmann::json;

Json stats(const std::string& url, std::vector<std::string> flags = {}) {
  flags.insert(flags.begin(), {"stats", "-u", url, "--per-node", "-o", "json"});
  const auto result = run_rcache(flags);
  CAPTURE(result.describe());
  REQUIRE(result.exit_code == 0);
  return Json::parse(result.out);
}

}  // namespace

TEST_CASE(
    "stats sentinel: the primary is asked, the replica with --replica, and a watch follows a "
    "failover") {
  RCACHE_NEED_SERVER("redis");
  SentinelGroup group;
  const auto first = group.primary().address();
  CHECK(stats(group.url())["per_node"][0]["address"] == first);
  CHECK(stats(group.url())["server"]["role"] == "master");
  CHECK(stats(group.url(), {"--replica"})["per_node"][0]["address"] == group.replica().address());

  check_refused(run_rcache({"stats", "-u", group.url() + "x"}), 3, "mymasterx");

  Program program(
      rcache_with({"stats", "-u", group.url(), "--watch", "100ms", "--per-node", "-o", "ndjson"}));
  program.wait_for_out(first);
  auto& old = group.kill_primary();
  group.wait_for_failover(old);
  const auto second = group.primary().address();
  CHECK(second != first);
  program.wait_for_out("\"address\":\"" + second + "\"");
  program.signal(SIGINT);
  const auto& result = program.wait();
  CHECK(result.exit_code == 130);
  for (const auto& line : lines_of(result.out)) CHECK(Json::accept(line));

  CHECK(stats(group.url())["per_node"][0]["address"] == second);
}

TEST_CASE("stats sentinel: no sentinel answers") {
  const auto a = std::to_string(free_port());
  const auto b = std::to_string(free_port());
  const auto result = run_rcache(
      {"stats", "-u", "redis-sentinel://127.0.0.1:" + a + ",127.0.0.1:" + b + "/mymaster"});
  check_refused(result, 3,
                "no sentinel can be asked; the last one: cannot connect to 127.0.0.1:" + b);
}

}  // namespace rcache::test
