// Thresholds: each on both of its sides, --check, and that warnings and the unknown are no
// failures.
#include <string>
#include <vector>

#include "e2e/support.h"
#include "support/skip.h"

namespace rcache::test {
namespace {

struct Case {
  std::vector<std::string> flags;
  int exit_code;
};

void check_codes(const Server& server, const std::vector<Case>& cases) {
  for (const auto& c : cases) {
    std::vector<std::string> words{"stats"};
    words.insert(words.end(), c.flags.begin(), c.flags.end());
    const auto result = run_at(server, words);
    CAPTURE(result.describe());
    CAPTURE(c.flags.back());
    CHECK(result.exit_code == c.exit_code);
    CHECK(result.err.empty());
    CHECK_FALSE(result.out.empty());
  }
}

}  // namespace

TEST_CASE("stats checks: hit ratio 75%") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  read_three_of_four(server);
  check_codes(server, {{{"-q"}, 0},
                       {{"--check"}, 1},  // the target is 80%
                       {{"--min-hit-ratio", "0.75"}, 0},
                       {{"--min-hit-ratio", "75%"}, 0},
                       {{"--min-hit-ratio", "0.76"}, 1},
                       {{"--min-hit-ratio", "0"}, 0},
                       {{"--min-hit-ratio", "100%", "-o", "json"}, 1},
                       {{"--check", "--min-hit-ratio", "10%"}, 0}});
  const auto result = run_at(server, {"stats", "--check"});
  CHECK(contains(result.out, "FAIL"));
  CHECK(contains(result.out, "75.0% of reads hit since start (at least 80% wanted)"));
  CHECK(contains(result.out, "Not healthy: hit-ratio"));
}

TEST_CASE("stats checks: any threshold turns every failed check into exit 1") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  server.command({"GET", "absent"});
  check_codes(server, {{{"--max-memory-ratio", "90%"}, 1}, {{"--max-evictions", "5/s"}, 1}});
}

TEST_CASE("stats checks: memory against maxmemory") {
  RCACHE_NEED_SERVER("redis");
  Server server({.arguments = {"--maxmemory", "20mb", "--maxmemory-policy", "allkeys-lru"}});
  check_codes(
      server,
      {{{"--check"}, 0}, {{"--max-memory-ratio", "1%"}, 1}, {{"--max-memory-ratio", "0.5"}, 0}});
}

TEST_CASE("stats checks: evictions") {
  RCACHE_NEED_SERVER("redis");
  Server server({.arguments = {"--maxmemory-policy", "allkeys-lru"}});
  const auto used = std::stoll(server.info("used_memory"));
  server.command({"CONFIG", "SET", "maxmemory", std::to_string(used + 200'000)});
  for (int i = 0; i < 500; ++i)
    server.command({"SET", "k" + std::to_string(i), std::string(1000, 'x')});
  REQUIRE(server.info("evicted_keys") != "0");
  server.command({"CONFIG", "SET", "maxmemory", "100mb"});  // or it would be too full as well
  check_codes(server, {{{"-q"}, 0},
                       {{"--check"}, 1},
                       {{"--max-evictions", "1000000/s"}, 0},
                       {{"--max-evictions", "1/h"}, 1}});
}

TEST_CASE("stats checks: no maxmemory and noeviction are warnings, not failures") {
  RCACHE_NEED_SERVER("redis");
  Server unbounded;
  check_codes(unbounded, {{{"--check"}, 0}});
  CHECK(contains(run_at(unbounded, {"stats"}).out, "no maxmemory is set"));
  Server bounded({.arguments = {"--maxmemory", "100mb"}});
  check_codes(bounded, {{{"--check"}, 0}});
  CHECK(contains(run_at(bounded, {"stats"}).out,
                 "noeviction: every write fails once memory is full"));
}

TEST_CASE("stats checks: the window's ratio counts when there is one") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  for (int i = 0; i < 10; ++i) server.command({"GET", "absent"});
  const TempDir folder;
  const auto file = folder.file("before");
  REQUIRE(run_at(server, {"stats", "--save", file}).exit_code == 0);
  server.command({"SET", "present", "1"});
  for (int i = 0; i < 10; ++i) server.command({"GET", "present"});
  CHECK(run_at(server, {"stats", "--check"}).exit_code == 1);
  CHECK(run_at(server, {"stats", "--check", "--since", file}).exit_code == 0);
}

}  // namespace rcache::test
