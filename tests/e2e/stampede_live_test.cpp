#include <csignal>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>

#include "e2e/support.h"
#include "support/cluster.h"
#include "support/skip.h"

namespace rcache::test {
namespace {

using Json = nlohmann::json;

/// A closed loop of 100 clients on one key that expires every 200 ms, in front of a database that
/// takes 50 ms: half a second has two expiries.
const std::vector<std::string> k_small = {
    "--clients",  "100",   "--think",     "50ms", "--ttl",       "200ms",
    "--stale",    "100ms", "--jitter",    "0",    "--load-time", "50ms",
    "--duration", "500ms", "--processes", "4",    "--db",        "unlimited"};

ProgramOptions live_with(const Server& server, std::vector<std::string> words) {
  std::vector<std::string> all{"stampede", "live", "-u", server.url()};
  all.insert(all.end(), words.begin(), words.end());
  return rcache_with(std::move(all));
}

ProgramOptions small_run(const Server& server, const std::string& strategies) {
  auto words = k_small;
  words.insert(words.end(), {"--strategy", strategies, "-o", "json"});
  return live_with(server, std::move(words));
}

/// A run that goes on until somebody ends it, its lock held and its load under way.
ProgramOptions endless(const Server& server) {
  return live_with(server, {"--strategy", "lock-retry", "--ttl", "300ms", "--load-time", "600ms",
                            "--duration", "60s", "--clients", "20", "--think", "20ms"});
}

/// The rows by strategy.
std::map<std::string, Json> rows_of(const ProgramResult& result) {
  CAPTURE(result.describe());
  REQUIRE(Json::accept(result.out));
  const auto json = Json::parse(result.out);
  CHECK(json["schema"] == "rcache.stampede/1");
  CHECK(json["mode"] == "live");
  std::map<std::string, Json> rows;
  for (const auto& row : json["strategies"]) rows[row["name"]] = row;
  return rows;
}

long long keys_of(Server& server) {
  return server.command({"DBSIZE"}).integer;
}

std::vector<std::string> all_keys(Server& server) {
  std::vector<std::string> keys;
  std::string cursor = "0";
  do {
    const auto reply = server.command({"SCAN", cursor, "COUNT", "1000"});
    cursor = reply[0].text;
    for (const auto& key : reply[1].items) keys.push_back(key.text);
  } while (cursor != "0");
  return keys;
}

/// Every key is ours and goes by itself. Out: how many there were.
std::size_t check_keys(Server& server) {
  const auto keys = all_keys(server);
  for (const auto& key : keys) {
    CAPTURE(key);
    CHECK(key.starts_with("rcache:stampede:{"));
    const auto left = server.command({"PTTL", key}).integer;
    CHECK(left != -1);
    CHECK(left <= 200'000);
  }
  return keys.size();
}

/// Until clients have found the key expired and one of them has the lock.
void wait_for_lock(Server& server, Program& program) {
  wait_until("a lock", [&] {
    program.so_far();
    const auto keys = all_keys(server);
    return std::any_of(keys.begin(), keys.end(),
                       [](const auto& key) { return key.ends_with(":0:lock"); });
  });
}

void check_peaks(const std::map<std::string, Json>& rows) {
  const auto peak = [&](const std::string& name) {
    CAPTURE(name);
    REQUIRE(rows.contains(name));
    const auto& row = rows.at(name);
    CHECK(row["requests"] == row["hits"].get<std::int64_t>() + row["stale"].get<std::int64_t>() +
                                 row["misses"].get<std::int64_t>());
    CHECK(row["loads"].get<int>() >= 1);
    CHECK(row["errors"] == 0);
    return row["peak_loads"].get<int>();
  };
  // With a lock in Redis there is never more than one load of the key, on however slow a machine.
  for (const char* name :
       {"lock-retry", "redlock", "redlock-recheck", "xfetch-lock", "swr-lock", "lease"})
    CHECK(peak(name) == 1);
  // One for each process.
  for (const char* name : {"mutex", "swr-singleflight"}) CHECK(peak(name) <= 4);
  // A client that waits for its load starts no second one; behind a stale answer it can.
  for (const char* name : {"none", "jitter", "lock-once", "xfetch", "xfetch-nodelta"})
    CHECK(peak(name) <= 100);
  CHECK(peak("none") > 1);
  CHECK(peak("swr") > 1);
  CHECK(rows.at("none")["stampede_size"]["max"].get<int>() > 1);
}

}  // namespace

TEST_CASE("stampede live: all strategies, side by side on one server, and nothing is left") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  Program first(small_run(server, "none,mutex,lock-retry,lock-once,redlock,redlock-recheck,lease"));
  Program second(
      small_run(server, "jitter,xfetch-nodelta,xfetch,xfetch-lock,swr,swr-singleflight,swr-lock"));
  std::size_t most = 0;
  wait_until("the end of both", [&] {
    most = std::max(most, check_keys(server));
    first.so_far();
    second.so_far();
    return !first.running() && !second.running();
  });
  CHECK(most >= 2);
  CHECK(first.wait().exit_code == 0);
  CHECK(second.wait().exit_code == 0);
  CHECK(keys_of(server) == 0);
  auto rows = rows_of(first.wait());
  rows.merge(rows_of(second.wait()));
  CHECK(rows.size() == 14);
  check_peaks(rows);
}

TEST_CASE("stampede live: a closed loop stampedes as its formula says") {
  RCACHE_NEED_SERVER("redis");
  Server server(ServerOptions{.listen = Listen::tcp});
  const auto result = run(live_with(
      server, {"--clients", "200", "--think", "300ms", "--ttl", "300ms", "--load-time", "600ms",
               "--duration", "800ms", "--db", "unlimited", "--strategy", "none", "-o", "json"}));
  CHECK(result.exit_code == 0);
  const auto row = rows_of(result).at("none");
  // 1 + (N-1)(1-exp(-t/Z)), t = 500 ms of the load's 600 until the run's end: 162, sd 5.5. A busy
  // machine brings some of them late.
  CHECK(row["peak_loads"].get<int>() > 80);
  CHECK(row["peak_loads"].get<int>() < 195);
  // The simulator draws the same pauses.
  CHECK(row["expected"]["peak_loads"][0].get<double>() > 120);
  CHECK(row["expected"]["peak_loads"][1].get<double>() < 195);
  CHECK(keys_of(server) == 0);
}

TEST_CASE("stampede live: a signal ends it at once, with its keys removed") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  for (const int signal : {SIGINT, SIGTERM}) {
    Program program(endless(server));
    wait_for_lock(server, program);
    program.signal(signal);
    const auto& result = program.wait();
    CAPTURE(result.describe());
    CHECK(result.exit_code == 128 + signal);
    CHECK(result.out.empty());
    CHECK(keys_of(server) == 0);
  }
}

TEST_CASE("stampede live: killed, it leaves only keys that go by themselves") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  Program program(endless(server));
  wait_for_lock(server, program);
  program.signal(SIGKILL);
  CHECK(program.wait().signal == SIGKILL);
  CHECK(check_keys(server) >= 2);
}

TEST_CASE("stampede live: when the server is gone it says what may be left, and exits 4") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  Program program(endless(server));
  wait_for_lock(server, program);
  server.kill();
  check_refused(program.wait(), 4, "lost the connection");
  CHECK(contains(program.wait().err, "they expire by themselves within"));
}

TEST_CASE("stampede live: an error reply ends it, with its keys removed") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  Program program(endless(server));
  wait_for_lock(server, program);
  // Every SET is refused from now on, and UNLINK still works.
  server.command({"CONFIG", "SET", "maxmemory", "1"});
  check_refused(program.wait(), 4, "OOM command not allowed");
  CHECK(keys_of(server) == 0);
}

TEST_CASE("stampede live: a replica and a full server are refused, and nothing is written") {
  RCACHE_NEED_SERVER("redis");
  Server primary(ServerOptions{.listen = Listen::tcp});
  SUBCASE("replica") {
    Server replica(
        ServerOptions{.arguments = {"--replicaof", "127.0.0.1", std::to_string(primary.port())}});
    check_refused(run(small_run(replica, "none")), 5, "is a replica");
    CHECK(keys_of(primary) == 0);
  }
  SUBCASE("full") {
    primary.command({"CONFIG", "SET", "maxmemory", "3mb"});
    check_refused(run(small_run(primary, "none")), 5, "is short of memory");
    CHECK(keys_of(primary) == 0);
  }
}

TEST_CASE("stampede live: a cluster keeps all keys of a run in one slot") {
  RCACHE_NEED_SERVER("redis");
  Cluster cluster;
  auto words = k_small;
  words.insert(words.begin(), {"stampede", "live", "-u", cluster.url()});
  words.insert(words.end(), {"--strategy", "lease,lock-once", "-o", "json"});
  const auto result = run_rcache(std::move(words));
  CHECK(result.exit_code == 0);
  const auto rows = rows_of(result);
  CHECK(rows.at("lease")["peak_loads"] == 1);
  for (std::size_t node = 0; node < cluster.size(); ++node) CHECK(keys_of(cluster.node(node)) == 0);
}

TEST_CASE("stampede live: Valkey does as Redis does") {
  RCACHE_NEED_SERVER("valkey");
  Server server(ServerOptions{.binary = *find_server("valkey")});
  const auto result = run(small_run(server, "none,lock-retry,redlock,swr-lock"));
  CHECK(result.exit_code == 0);
  const auto rows = rows_of(result);
  CHECK(rows.at("none")["peak_loads"].get<int>() > 1);
  for (const char* name : {"lock-retry", "redlock", "swr-lock"})
    CHECK(rows.at(name)["peak_loads"] == 1);
  CHECK(keys_of(server) == 0);
}

TEST_CASE("stampede live: flags out of bounds are refused before anybody is connected to") {
  const auto live = [](std::vector<std::string> words) {
    words.insert(words.begin(), {"stampede", "live", "-p", "1"});
    return run_rcache(std::move(words));
  };
  check_refused(live({"--clients", "10001"}), 2, "--clients: 10001 are too many");
  check_refused(live({"--clients", "99999999999"}), 2, "--clients: ");
  check_refused(live({"--rate", "-5"}), 2, "--rate: ");
  check_refused(live({"--keys", "1000000"}), 2, "--keys: ");
  check_refused(live({"--ttl", "7d"}), 2, "--ttl: ");
  check_refused(live({"--ttl", "0"}), 2, "--ttl: ");
  check_refused(live({"--duration", "1h"}), 2, "more than --max-time 10m");
  check_refused(live({"--max-time", "soon"}), 2, "--max-time: 'soon'");
  check_refused(live({"--runs", "2"}), 2, "--runs: ");
  check_refused(live({"--rtt", "1ms"}), 2, "--rtt: ");
  check_refused(live({"--strategy", "hope"}), 2, "--strategy: ");
  check_refused(live({"--preset", "none-such"}), 2, "--preset: ");
  check_refused(live({"--whole-seconds", "--ttl", "1500ms"}), 2, "--whole-seconds: ");
}

}  // namespace rcache::test
