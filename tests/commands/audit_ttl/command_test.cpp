// From the typed line to the exact exchange: what an audit sends, and that none of it writes.
#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

#include "support/contains.h"
#include "support/scripted_client.h"
#include "support/scripted_context.h"

namespace rcache::audit_ttl {
namespace {

using redis::Nil;
using redis::Reply;
using redis::ServerError;
using redis::Status;
using test::Exchange;
using test::KeptOutput;
using test::run_line;
using test::Surroundings;

using Script = std::vector<Exchange>;

Reply text(std::string bytes) {
  return Reply{std::move(bytes)};
}
Reply number(std::int64_t value) {
  return Reply{value};
}
Reply scan_reply(std::string cursor, std::vector<std::string> keys) {
  std::vector<Reply> list;
  for (auto& key : keys) list.push_back(text(std::move(key)));
  return Reply{std::vector<Reply>{text(std::move(cursor)), Reply{std::move(list)}}};
}
Reply list_of(std::vector<Reply> replies) {
  return Reply{std::move(replies)};
}

const Reply k_ok{Status("OK")};
const Reply k_queued{Status("QUEUED")};
const Reply k_time{std::vector<Reply>{Reply{std::string("1700000000")}, Reply{std::string("0")}}};

std::string info(const std::string& version) {
  return "# Server\r\nredis_version:" + version + "\r\nrun_id:run-1\r\nrole:master\r\n";
}

Script joined(std::vector<Script> parts) {
  Script all;
  for (auto& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

Script counters(const std::string& keyspace, std::int64_t dbsize) {
  return {{{"INFO", "keyspace"}, text("# Keyspace\r\n" + keyspace)}, {{"DBSIZE"}, number(dbsize)}};
}

Script first_look(const std::string& version = "7.0.15") {
  return {
      {{"INFO"}, text(info(version))}, {{"DBSIZE"}, number(5)}, {{"PING"}, Reply{Status("PONG")}}};
}

Script last_look(const std::string& version = "7.0.15") {
  return {{{"INFO"}, text(info(version))}};
}

std::shared_ptr<test::ScriptedDeployment> server(Script script,
                                                 const std::string& version = "7.0.15") {
  auto client = std::make_shared<test::ScriptedClient>(std::move(script));
  redis::Node node;
  node.address.host = "cache";
  node.address.port = 6379;
  node.identity.version = version;
  node.identity.run_id = "run-1";
  node.identity.role = "master";
  node.identity.mode = "standalone";
  node.client = std::move(client);
  return std::make_shared<test::ScriptedDeployment>(redis::Mode::standalone,
                                                    std::vector<redis::Node>{std::move(node)});
}

using test::contains;

}  // namespace

TEST_CASE("audit-ttl: as many keys with TTL as keys are green in one round trip") {
  const auto run = run_line("audit-ttl", server(counters("db0:keys=7,expires=7,avg_ttl=5\r\n", 7)));
  REQUIRE(run.outcome);
  CHECK(*run.outcome == Outcome::done);
}

TEST_CASE("audit-ttl: an empty database is green") {
  const auto run = run_line("audit-ttl", server(counters("", 0)));
  REQUIRE(run.outcome);
  CHECK(*run.outcome == Outcome::done);
}

TEST_CASE("audit-ttl: counters that contradict each other, or none, are not relied upon") {
  struct Case {
    const char* name;
    Script counters;
  };
  const Case cases[] = {
      {"another number than DBSIZE", counters("db0:keys=7,expires=7\r\n", 8)},
      {"no line for the database, but keys", counters("db1:keys=7,expires=7\r\n", 1)},
      {"more with TTL than keys", counters("db0:keys=7,expires=8\r\n", 7)},
      {"no numbers", counters("db0:keys=x,expires=y\r\n", 7)},
      {"no section", {{{"INFO", "keyspace"}, text("")}, {{"DBSIZE"}, number(0)}}},
      {"refused",
       {{{"INFO", "keyspace"}, Reply{ServerError("NOPERM no")}}, {{"DBSIZE"}, number(0)}}}};
  for (const auto& c : cases) {
    CAPTURE(c.name);
    const auto run =
        run_line("audit-ttl", server(joined({c.counters,
                                             first_look(),
                                             {{{"SCAN", "0", "COUNT", "500"}, scan_reply("0", {})}},
                                             last_look()})));
    REQUIRE(run.outcome);
    CHECK(*run.outcome == Outcome::done);
  }
}

TEST_CASE("audit-ttl: an audit sends SCAN, TIME, PTTL and MEMORY USAGE, and nothing that writes") {
  const auto run =
      run_line("audit-ttl a:*", server(joined({first_look(),
                                               {{{"SCAN", "0", "COUNT", "500", "MATCH", "a:*"},
                                                 scan_reply("0", {"a:1", "a:2", "a:3", "other"})}},
                                               last_look(),
                                               {{{"TIME"}, k_time},
                                                {{"PTTL", "a:1"}, number(-1)},
                                                {{"PTTL", "a:2"}, number(5000)},
                                                {{"PTTL", "a:3"}, number(-2)},
                                                {{"MEMORY", "USAGE", "a:1"}, number(100)},
                                                {{"MEMORY", "USAGE", "a:2"}, Reply{Nil{}}}}})));
  REQUIRE(run.outcome);
  CHECK(*run.outcome == Outcome::findings);
}

TEST_CASE("audit-ttl: --set-ttl sends PEXPIRE NX for offenders only, and 0 is no failure") {
  const auto run = run_line("audit-ttl a:* --set-ttl 1m --protect a:9 --yes -o json",
                            server(joined({first_look(),
                                           {{{"SCAN", "0", "COUNT", "500", "MATCH", "a:*"},
                                             scan_reply("0", {"a:1", "a:2", "a:3", "a:9"})}},
                                           last_look(),
                                           {{{"TIME"}, k_time},
                                            {{"PTTL", "a:1"}, number(-1)},
                                            {{"PTTL", "a:2"}, number(5000)},
                                            {{"PTTL", "a:3"}, number(-1)},
                                            {{"PTTL", "a:9"}, number(-1)},
                                            {{"PEXPIRE", "a:1", "60000", "NX"}, number(1)},
                                            {{"PEXPIRE", "a:3", "60000", "NX"}, number(0)},
                                            {{"MEMORY", "USAGE", "a:1"}, number(100)},
                                            {{"MEMORY", "USAGE", "a:2"}, number(100)},
                                            {{"MEMORY", "USAGE", "a:3"}, number(100)},
                                            {{"MEMORY", "USAGE", "a:9"}, number(100)}}})));
  REQUIRE(run.outcome);
  CHECK(*run.outcome == Outcome::findings);  // the protected one
  CHECK(contains(run.out, "\"repaired\": 1"));
  CHECK(contains(run.out, "\"skipped\": 1"));
  CHECK(contains(run.out, "\"own_lookups\": 4"));
}

TEST_CASE("audit-ttl: before Redis 7 a transaction sees to it that no TTL is changed") {
  // a:3 gets a TTL between the look and WATCH; then somebody writes a:1, and it is tried once more.
  const auto run = run_line("audit-ttl a:* --set-ttl 1m --yes -o json",
                            server(joined({first_look("6.2.14"),
                                           {{{"SCAN", "0", "COUNT", "500", "MATCH", "a:*"},
                                             scan_reply("0", {"a:1", "a:3"})}},
                                           last_look("6.2.14"),
                                           {{{"TIME"}, k_time},
                                            {{"PTTL", "a:1"}, number(-1)},
                                            {{"PTTL", "a:3"}, number(-1)},
                                            {{"WATCH", "a:1", "a:3"}, k_ok},
                                            {{"PTTL", "a:1"}, number(-1)},
                                            {{"PTTL", "a:3"}, number(700)},
                                            {{"MULTI"}, k_ok},
                                            {{"PEXPIRE", "a:1", "60000"}, k_queued},
                                            {{"EXEC"}, Reply{Nil{}}},
                                            {{"WATCH", "a:3"}, k_ok},
                                            {{"PTTL", "a:3"}, number(700)},
                                            {{"MULTI"}, k_ok},
                                            {{"EXEC"}, list_of({})},
                                            {{"WATCH", "a:1"}, k_ok},
                                            {{"PTTL", "a:1"}, number(-1)},
                                            {{"MULTI"}, k_ok},
                                            {{"PEXPIRE", "a:1", "60000"}, k_queued},
                                            {{"EXEC"}, list_of({number(1)})},
                                            {{"MEMORY", "USAGE", "a:1"}, number(100)},
                                            {{"MEMORY", "USAGE", "a:3"}, number(100)}}}),
                                   "6.2.14"));
  REQUIRE(run.outcome);
  CHECK(*run.outcome == Outcome::done);
  CHECK(contains(run.out, "\"repaired\": 1"));
  CHECK(contains(run.out, "\"skipped\": 1"));
  CHECK(contains(run.out, "\"own_lookups\": 6"));
}

TEST_CASE("audit-ttl: a replica is audited, never repaired") {
  redis::Node node;
  node.identity.role = "slave";
  node.identity.version = "7.0.15";
  node.client = std::make_shared<test::ScriptedClient>(Script{});
  const auto servers = std::make_shared<test::ScriptedDeployment>(redis::Mode::standalone,
                                                                  std::vector<redis::Node>{node});
  const auto run = run_line("audit-ttl --set-ttl 1m --yes", servers);
  REQUIRE_FALSE(run.outcome);
  CHECK(run.outcome.error().kind == ErrorKind::refused);
}

TEST_CASE("audit-ttl: a TTL that is refused is no verdict, and the words say why") {
  const auto run = run_line(
      "audit-ttl a:* -o json",
      server(joined({first_look(),
                     {{{"SCAN", "0", "COUNT", "500", "MATCH", "a:*"}, scan_reply("0", {"a:1"})}},
                     last_look(),
                     {{{"TIME"}, Reply{ServerError("NOPERM no TIME")}},
                      {{"PTTL", "a:1"}, Reply{ServerError("NOPERM no PTTL for you")}}}})));
  REQUIRE(run.outcome);
  CHECK(*run.outcome == Outcome::incomplete);
  CHECK(contains(run.out, "no PTTL for you"));
  CHECK(contains(run.out, "\"own_lookups\": 0"));
}

}  // namespace rcache::audit_ttl
