// Who may: ACL users, managed services that forbid commands, other servers, unix sockets and TCP.
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "e2e/support.h"
#include "support/skip.h"

namespace rcache::test {
namespace {

/// The rights that the documentation lists for commands that only read.
const Words k_reader = {"on",
                        ">reader",
                        "resetchannels",
                        "~*",
                        "-@all",
                        "+ping",
                        "+hello",
                        "+auth",
                        "+select",
                        "+client|setname",
                        "+client|id",
                        "+info",
                        "+dbsize",
                        "+scan",
                        "+sscan",
                        "+scard",
                        "+hscan",
                        "+zscan",
                        "+type",
                        "+ttl",
                        "+pttl",
                        "+pexpiretime",
                        "+exists",
                        "+memory|usage",
                        "+object|encoding",
                        "+object|idletime",
                        "+object|freq",
                        "+strlen",
                        "+hlen",
                        "+llen",
                        "+zcard",
                        "+xlen",
                        "+getrange",
                        "+role",
                        "+time",
                        "+config|get",
                        "+slowlog|get",
                        "+slowlog|len",
                        "+latency|latest",
                        "+cluster|slots",
                        "+cluster|shards",
                        "+cluster|nodes",
                        "+cluster|info",
                        "+cluster|keyslot",
                        "+cluster|myid",
                        "+readonly",
                        "+command|info",
                        "+acl|whoami",
                        "+acl|getuser",
                        "+acl|dryrun"};

void set_user(Server& server, const std::string& name, const Words& rights) {
  Words words{"ACL", "SETUSER", name};
  words.insert(words.end(), rights.begin(), rights.end());
  server.command(words);
}

}  // namespace

TEST_CASE("stats access: a user with the documented read-only rights sees everything") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  set_user(server, "reader", k_reader);
  read_three_of_four(server);
  const auto result = run_at(
      server, {"stats", "-o", "json", "--window", "100ms", "--user", "reader", "-a", "reader"});
  CAPTURE(result.describe());
  CHECK(result.exit_code == 0);
  CHECK(result.err.empty());
  CHECK(nlohmann::json::parse(result.out)["hits"] == 3);
}

TEST_CASE("stats access: INFO alone is enough") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  set_user(server, "narrow", {"on", ">narrow", "-@all", "+info"});
  const auto result = run_at(server, {"stats", "--user", "narrow", "-a", "narrow"});
  CAPTURE(result.describe());
  CHECK(result.exit_code == 0);
  CHECK(result.err.empty());
}

TEST_CASE("stats access: a user without INFO gets one line that names the right") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  set_user(server, "blind", {"on", ">blind", "~*", "+@all", "-info"});
  const auto result = run_at(server, {"stats", "--user", "blind", "-a", "blind"});
  check_refused(result, 3, "NOPERM");
  CHECK(contains(result.err, "info"));
  check_refused(
      run_at(server, {"stats", "--watch", "--user", "blind", "-a", "blind", "-o", "ndjson"}), 3,
      "NOPERM");
}

TEST_CASE("stats access: a server that has no CLIENT and no CONFIG, as managed services are") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  set_user(server, "managed",
           {"on", ">managed", "~*", "+@all", "-client", "-config", "-monitor", "-command"});
  const auto result = run_at(server, {"stats", "--user", "managed", "-a", "managed"});
  CAPTURE(result.describe());
  CHECK(result.exit_code == 0);
  CHECK(result.err.empty());
}

TEST_CASE("stats access: over TCP and a unix socket, by flags and by URL") {
  RCACHE_NEED_SERVER("redis");
  Server server({.listen = Listen::tcp});
  const auto port = std::to_string(server.port());
  const std::vector<std::vector<std::string>> ways = {
      {"stats", "-p", port},
      {"stats", "-h", "localhost", "-p", port},
      {"stats", "-p" + port, "-n0", "-c"},
      {"stats", "-s", server.socket_path()},
      {"stats", "-u", "redis://127.0.0.1:" + port + "/1"},
      {"stats", "-u", "valkey://127.0.0.1:" + port},
      {"stats", "-u", "unix://" + server.socket_path() + "?db=2"},
      {"stats", "--host=127.0.0.1", "--port=" + port, "--db=3"},
      {"stats", "-p", port, "--node"},
  };
  for (const auto& words : ways) {
    const auto result = run_rcache(words);
    CAPTURE(result.describe());
    CHECK(result.exit_code == 0);
    CHECK(result.err.empty());
  }
}

TEST_CASE("stats access: a replica says that it is one") {
  RCACHE_NEED_SERVER("redis");
  Server primary({.listen = Listen::tcp, .arguments = {"--repl-diskless-sync-delay", "0"}});
  Server replica({.listen = Listen::tcp});
  replica.command({"REPLICAOF", "127.0.0.1", std::to_string(primary.port())});
  wait_until("the link", [&] { return replica.info("master_link_status") == "up"; });
  const auto result = run_at(replica, {"stats", "-o", "json"});
  CAPTURE(result.describe());
  CHECK(result.exit_code == 0);
  CHECK(nlohmann::json::parse(result.out)["server"]["role"] == "slave");
}

TEST_CASE("stats access: a Valkey is called by its name and version") {
  RCACHE_NEED_SERVER("valkey");
  Server server({.binary = *find_server("valkey")});
  read_three_of_four(server);
  const auto result = run_at(server, {"stats", "-o", "json"});
  CAPTURE(result.describe());
  CHECK(result.exit_code == 0);
  const auto report = nlohmann::json::parse(result.out);
  CHECK(report["server"]["flavor"] == "valkey");
  CHECK(report["server"]["version"] == server.info("valkey_version"));
  CHECK(report["hit_ratio"] == 0.75);
}

TEST_CASE("stats access: it sends nothing that writes") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  REQUIRE(run_at(server, {"stats", "--window", "100ms"}).exit_code == 0);
  const auto stats = server.command({"INFO", "commandstats"}).text;
  for (const auto& line : lines_of(stats)) {
    if (!line.starts_with("cmdstat_")) continue;
    const auto name = line.substr(8, line.find(':') - 8);
    CAPTURE(name);
    CHECK((name == "info" || name == "ping" || name == "client|setname" ||
           name == "client|no-touch" || name == "hello" || name == "client" ||
           name == "config|set"));
  }
}

}  // namespace rcache::test
