// Windows: --window, and --save with --since over quiet times, restarts and resets.
#include <csignal>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "e2e/support.h"
#include "support/relay.h"
#include "support/skip.h"

namespace rcache::test {
namespace {

using Json = nlohmann::json;

Json since(const Server& server, const std::string& file) {
  const auto result = run_at(server, {"stats", "-o", "json", "--since", file});
  CAPTURE(result.describe());
  CHECK(result.exit_code == 0);
  CHECK(result.err.empty());
  return Json::parse(result.out);
}

void save(const Server& server, const std::string& file) {
  const auto result = run_at(server, {"stats", "--save", file});
  CAPTURE(result.describe());
  REQUIRE(result.exit_code == 0);
}

}  // namespace

TEST_CASE("stats --window: only what happens inside it is counted") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  server.command({"GET", "before"});
  Relay relay(server.address(), Listen::unix_socket);
  Program program(rcache_with({"stats", "-u", relay.url(), "--window", "1s", "-o", "json"}));
  // The first sample has been taken when its reply passes; then the program stands still.
  wait_until("the first sample",
             [&] { return contains(relay.recorded(Direction::down), "# Commandstats"); });
  program.signal(SIGSTOP);
  read_three_of_four(server);
  program.signal(SIGCONT);
  const auto& result = program.wait();
  CAPTURE(result.describe());
  REQUIRE(result.exit_code == 0);
  const auto report = Json::parse(result.out);
  CHECK(report["misses"] == 2);
  CHECK(report["window"]["hits"] == 3);
  CHECK(report["window"]["misses"] == 1);
  CHECK(report["window"]["hit_ratio"] == 0.75);
  CHECK(report["window"]["seconds"].get<double>() >= 1);
  CHECK(report["window"]["ops_per_second"].get<double>() > 0);
}

TEST_CASE("stats --window: a quiet window has no ratio, and no failure") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  const auto result = run_at(server, {"stats", "--window", "100ms", "--check", "-o", "json"});
  CHECK(result.exit_code == 0);
  const auto report = Json::parse(result.out);
  CHECK(report["window"]["hits"] == 0);
  CHECK(report["window"]["hit_ratio"].is_null());
}

TEST_CASE("stats --window: an interrupt inside it ends it without a report") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  Program program(rcache_with({"stats", "-u", server.url(), "--window", "60s"}));
  wait_until("the connection", [&] {
    return contains(server.command({"CLIENT", "LIST"}).text, "name=rcache");
  });
  program.signal(SIGINT);
  const auto& result = program.wait();
  CAPTURE(result.describe());
  CHECK(result.exit_code == 130);
  CHECK(result.out.empty());
  CHECK(result.err.empty());
}

TEST_CASE("stats --since: the difference to what --save kept") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  const TempDir folder;
  const auto file = folder.file("before.json");
  server.command({"GET", "before"});
  save(server, file);
  read_three_of_four(server);
  const auto report = since(server, file);
  CHECK(report["window"]["hits"] == 3);
  CHECK(report["window"]["misses"] == 1);
  CHECK(report["notes"].empty());
  CHECK(contains(run_at(server, {"stats", "--since", file}).out, "3 hits, 1 misses"));
}

TEST_CASE("stats --save: the file is JSON of our own, for us alone, written over in one step") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  const TempDir folder;
  const auto file = folder.file("saved");
  save(server, file);
  const auto first = read_file(file);
  CHECK(Json::parse(first)["schema"] == "rcache.stats-snapshot/1");
  read_three_of_four(server);
  save(server, file);
  CHECK(read_file(file) != first);
  const auto failed = run_at(server, {"stats", "--save", folder.file("no/such/folder")});
  check_refused(
      failed, 4,
      "--save: cannot write '" + folder.file("no/such/folder") + "': No such file or directory");
}

TEST_CASE("stats --since: --save to the same file moves the window on") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  const TempDir folder;
  const auto file = folder.file("state");
  save(server, file);
  for (int i = 0; i < 2; ++i) {
    read_three_of_four(server);
    const auto result = run_at(server, {"stats", "-o", "json", "--since", file, "--save", file});
    CHECK(Json::parse(result.out)["window"]["hits"] == 3);
  }
}

TEST_CASE("stats --since: a restart in between is counted from the restart, and said") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  const TempDir folder;
  const auto file = folder.file("before");
  read_three_of_four(server);
  save(server, file);
  server.restart();
  server.command({"GET", "absent"});
  const auto report = since(server, file);
  REQUIRE(report["notes"].size() == 1);
  CHECK(contains(report["notes"][0].get<std::string>(), "was restarted"));
  CHECK(report["window"]["hits"] == 0);
  CHECK(report["window"]["misses"] == 1);
}

TEST_CASE("stats --since: CONFIG RESETSTAT in between is counted from the reset, and said") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  const TempDir folder;
  const auto file = folder.file("before");
  read_three_of_four(server);
  save(server, file);
  server.command({"CONFIG", "RESETSTAT"});
  server.command({"GET", "present"});
  const auto report = since(server, file);
  REQUIRE(report["notes"].size() == 1);
  CHECK(contains(report["notes"][0].get<std::string>(), "reset"));
  CHECK(report["window"]["hits"] == 1);
  CHECK(report["window"]["misses"] == 0);
}

TEST_CASE("stats --since: another server's file is not silently compared") {
  RCACHE_NEED_SERVER("redis");
  Server first;
  Server second;
  const TempDir folder;
  const auto file = folder.file("first");
  save(first, file);
  const auto report = since(second, file);
  CHECK_FALSE(report["notes"].empty());
}

TEST_CASE("stats --since: a damaged file is a usage error, cut at any byte") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  const TempDir folder;
  const auto file = folder.file("good");
  save(server, file);
  const auto whole = read_file(file);
  for (std::size_t size = 0; size + 2 < whole.size(); size += whole.size() / 8) {
    const auto cut = folder.write("cut", whole.substr(0, size));
    check_refused(run_at(server, {"stats", "--since", cut}), 2, "rcache: --since: '" + cut + "' ");
  }
}

}  // namespace rcache::test
