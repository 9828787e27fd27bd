// `rcache audit-ttl` where not everything may be asked, or the other side goes away.
#include <csignal>
#include <string>
#include <vector>

#include "e2e/audit_ttl.h"
#include "support/relay.h"

namespace rcache::test {
namespace {

/// The rights that the README lists for an audit on Redis 7.0.
const Words k_auditor = {"resetchannels",   "%R~*",           "-@all",          "+ping",
                         "+select",         "+info",          "+dbsize",        "+scan",
                         "+pttl",           "+time",          "+memory|usage",  "+client|setname",
                         "+cluster|shards", "+cluster|slots", "+cluster|nodes", "+cluster|myid"};

ProgramOptions audit_with(const std::string& url, std::vector<std::string> words) {
  words.insert(words.begin(), {"audit-ttl", "-u", url});
  return rcache_with(std::move(words));
}

}  // namespace

TEST_CASE("audit-ttl access: the documented rights of a reader are enough for all of it") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill_expiring(server, "a:", 600, 100);
  fill(server, "b:", 5);
  add_user(server, "auditor", k_auditor);
  const auto run = audited(server, as_user("auditor", {"--policy", "default"}));
  CHECK(run.exit_code == 1);
  CHECK(run.json["complete"] == true);
  CHECK(run.json["scanned"] == 605);
  CHECK(run.json["notes"].empty());
  CHECK_FALSE(group_in(run.json, "b:*")["memory_bytes"].is_null());
}

TEST_CASE("audit-ttl access: without MEMORY USAGE, TIME, INFO and DBSIZE it still tells the TTLs") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill_expiring(server, "a:", 60, 100);
  fill(server, "b:", 5);
  add_user(server, "poor", {"~*", "-@all", "+ping", "+info", "+select", "+scan", "+pttl"});
  const auto run = audited(server, as_user("poor", {}));
  CHECK(run.exit_code == 1);
  CHECK(run.json["complete"] == true);
  CHECK(run.json["without_ttl"] == 5);
  CHECK(group_in(run.json, "b:*")["memory_bytes"].is_null());
  REQUIRE(run.json["notes"].size() == 1);
  CHECK(contains(run.json["notes"][0].get<std::string>(), "memory was not sampled"));
}

TEST_CASE("audit-ttl access: keys that may not be asked about are no verdict") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill_expiring(server, "a:", 50, 100);
  fill_expiring(server, "b:", 5, 100);
  add_user(server, "half",
           {"%R~a:*", "-@all", "+ping", "+info", "+select", "+scan", "+pttl", "+time"});
  const auto run = audited(server, as_user("half", {"*"}));
  CHECK(run.exit_code == 4);
  CHECK(run.json["complete"] == false);
  CHECK(run.json["with_ttl"] == 50);
  CHECK(audited(server, as_user("half", {"a:*"})).exit_code == 0);
}

TEST_CASE("audit-ttl access: who may not scan, and a server that is not there, are exit 3") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  server.command({"SET", "a", "v"});
  add_user(server, "none", {"~*", "-@all", "+ping", "+info"});
  check_refused(audit(server, as_user("none", {})), 3, "NOPERM");
  server.kill();
  check_refused(audit(server, {}), 3, "cannot connect");
}

TEST_CASE("audit-ttl access: a server that is lost half-way leaves a true part, and exit 4") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill_expiring(server, "a:", 3000, 1000);
  Relay relay(server.address(), Listen::unix_socket);
  relay.set(Direction::down, {.cut_after = 40'000});
  const auto result = run(audit_with(relay.url(), {"*", "--count", "50", "-t", "1", "-o", "json"}));
  CHECK(result.exit_code == 4);
  const auto json = audit_in(result);
  CHECK(json["complete"] == false);
  CHECK(json["scanned"].get<int>() > 0);
  CHECK(json["scanned"].get<int>() < 3000);
  CHECK_FALSE(json["reasons"].empty());
}

TEST_CASE("audit-ttl access: Ctrl-C ends with what was seen so far, and 130") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill_expiring(server, "a:", 3000, 1000);
  Relay relay(server.address(), Listen::unix_socket);
  relay.set(Direction::down, {.delay = std::chrono::milliseconds{20}});
  Program program(audit_with(relay.url(), {"*", "--count", "10", "-o", "json"}));
  wait_until("some keys", [&] { return relay.recorded(Direction::down).size() > 20'000; });
  program.signal(SIGINT);
  const auto& result = program.wait();
  CHECK(result.exit_code == 130);
  const auto json = audit_in(result);
  CHECK(json["complete"] == false);
  CHECK(json["scanned"].get<int>() > 0);
  CHECK(json["scanned"].get<int>() < 3000);
}

TEST_CASE(
    "audit-ttl access: a server that was restarted is looked at anew, and nothing is added up") {
  RCACHE_NEED_SERVER("redis");
  Server server({.arguments = {"--appendonly", "yes"}});
  fill_expiring(server, "a:", 3000, 1000);
  fill(server, "b:", 100);
  Relay relay(server.address(), Listen::unix_socket);
  relay.set(Direction::down, {.delay = std::chrono::milliseconds{5}});
  Program program(audit_with(relay.url(), {"*", "--count", "10", "-o", "json"}));
  wait_until("some keys", [&] { return relay.recorded(Direction::down).size() > 20'000; });
  server.restart();
  const auto& result = program.wait();
  CHECK(result.exit_code == 1);
  const auto json = audit_in(result);
  CHECK(json["complete"] == true);
  CHECK(json["scanned"] == 3100);
  CHECK(json["without_ttl"] == 100);
}

}  // namespace rcache::test
