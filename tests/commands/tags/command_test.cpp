// From the typed line to the exact exchange with a scripted server.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "support/contains.h"
#include "support/scripted_client.h"
#include "support/scripted_context.h"

namespace rcache::tags {
namespace {

using redis::Reply;
using redis::ServerError;
using redis::Status;
using test::Exchange;
using test::run_line;
using Json = nlohmann::json;
using Script = std::vector<Exchange>;

Reply text(std::string bytes) {
  return Reply{std::move(bytes)};
}
Reply number(std::int64_t value) {
  return Reply{value};
}
Reply page(std::vector<std::string> members, std::string cursor = "0") {
  std::vector<Reply> list;
  for (auto& member : members) list.push_back(text(std::move(member)));
  return Reply{std::vector<Reply>{text(std::move(cursor)), Reply{std::move(list)}}};
}

const std::string k_info = "# Server\r\nredis_version:7.0.15\r\nrun_id:run-1\r\nrole:master\r\n";

std::shared_ptr<test::ScriptedDeployment> server(Script script) {
  return std::make_shared<test::ScriptedDeployment>(std::move(script));
}

/// A tag that is looked for by name: no scan.
Script known_tag(std::string key) {
  return {{{"PING"}, Reply{Status("PONG")}}, {{"EXISTS", key}, number(1)}};
}

void append(Script& script, Script more) {
  script.insert(script.end(), more.begin(), more.end());
}

using test::contains;

}  // namespace

TEST_CASE("tags check: sends nothing that writes, and looks twice at what looks wrong") {
  auto script = known_tag("group:t");
  append(script, {{{"PTTL", "group:t"}, number(60'000)},
                  {{"SSCAN", "group:t", "0", "COUNT", "500"},
                   page({"live", "dead", "longer", "forever", "late"})},
                  {{"PTTL", "live"}, number(30'000)},
                  {{"PTTL", "dead"}, number(-2)},
                  {{"PTTL", "longer"}, number(600'000)},
                  {{"PTTL", "forever"}, number(-1)},
                  {{"PTTL", "late"}, number(-2)},
                  {{"PTTL", "dead"}, number(-2)},
                  {{"PTTL", "longer"}, number(600'000)},
                  {{"PTTL", "forever"}, number(-1)},
                  {{"PTTL", "late"}, number(10'000)},
                  {{"PTTL", "group:t"}, number(60'000)}});
  const auto result = run_line("tags check t --tag-prefix group: -o json", server(script));
  REQUIRE(result.outcome);
  CHECK(*result.outcome == Outcome::findings);
  const auto json = Json::parse(result.out);
  CHECK(json["schema"] == "rcache.tags-check/1");
  CHECK(json["tags"] == 1);
  CHECK(json["members"] == 5);
  CHECK(json["dead_members"] == 1);
  CHECK(json["outliving_members"] == 2);
  CHECK(json["untagged_keys"].is_null());
  CHECK(json["own_lookups"] == 13);
  CHECK(json["complete"] == true);
  REQUIRE(json["findings"].size() == 3);
  CHECK(json["findings"][0] == Json{{"tag", "t"}, {"kind", "dead-member"}, {"key", "dead"}});
  CHECK(json["findings"][1] == Json{{"tag", "t"}, {"kind", "outlives-tag"}, {"key", "longer"}});
}

TEST_CASE("tags check: a tag whose life was renewed meanwhile is outlived by nothing") {
  auto script = known_tag("group:t");
  append(script, {{{"PTTL", "group:t"}, number(5'000)},
                  {{"SSCAN", "group:t", "0", "COUNT", "500"}, page({"a"})},
                  {{"PTTL", "a"}, number(60'000)},
                  {{"PTTL", "a"}, number(60'000)},
                  {{"PTTL", "group:t"}, number(120'000)}});
  const auto result = run_line("tags check t --tag-prefix group:", server(script));
  REQUIRE(result.outcome);
  CHECK(*result.outcome == Outcome::done);
  CHECK(contains(result.out, "No member is dead, and no key outlives its tag"));
}

TEST_CASE("tags check: all members dead is an empty tag; without a TTL it is one finding more") {
  auto script = known_tag("group:t");
  append(script, {{{"PTTL", "group:t"}, number(-1)},
                  {{"SSCAN", "group:t", "0", "COUNT", "500"}, page({"a"})},
                  {{"PTTL", "a"}, number(-2)},
                  {{"PTTL", "a"}, number(-2)},
                  {{"PTTL", "group:t"}, number(-1)}});
  const auto result = run_line("tags check t --tag-prefix group: -o csv", server(script));
  REQUIRE(result.outcome);
  CHECK(*result.outcome == Outcome::findings);
  CHECK(result.out ==
        "kind,tag,key\n"
        "dead-member,t,a\n"
        "empty-tag,t,group:t\n"
        "no-ttl,t,group:t\n");
}

TEST_CASE("tags check: a key that is no set is a finding, and what may not be read is no verdict") {
  auto wrong = known_tag("group:t");
  append(wrong, {{{"PTTL", "group:t"}, number(-1)},
                 {{"SSCAN", "group:t", "0", "COUNT", "500"},
                  Reply{ServerError("WRONGTYPE Operation against a key")}}});
  const auto found = run_line("tags check t --tag-prefix group: -o ndjson", server(wrong));
  REQUIRE(found.outcome);
  CHECK(*found.outcome == Outcome::findings);
  CHECK(contains(found.out, R"({"tag":"t","kind":"wrong-type","key":"group:t"})"));

  auto refused = known_tag("group:t");
  append(refused, {{{"PTTL", "group:t"}, number(-1)},
                   {{"SSCAN", "group:t", "0", "COUNT", "500"},
                    Reply{ServerError("NOPERM no permissions to run the 'sscan' command")}}});
  const auto unseen = run_line("tags check t --tag-prefix group: -o json", server(refused));
  REQUIRE(unseen.outcome);
  CHECK(*unseen.outcome == Outcome::incomplete);
  CHECK(Json::parse(unseen.out)["complete"] == false);

  auto forbidden = known_tag("group:t");
  append(forbidden, {{{"PTTL", "group:t"}, number(-1)},
                     {{"SSCAN", "group:t", "0", "COUNT", "500"}, page({"a", "b"})},
                     {{"PTTL", "a"}, number(10'000)},
                     {{"PTTL", "b"}, Reply{ServerError("NOPERM no permissions to access a key")}}});
  const auto partly = run_line("tags check t --tag-prefix group: -o json", server(forbidden));
  REQUIRE(partly.outcome);
  CHECK(*partly.outcome == Outcome::incomplete);
  CHECK(Json::parse(partly.out)["unknown_members"] == 1);
}

TEST_CASE("tags: all containers are found in one scan, and listed by key") {
  const auto result =
      run_line("tags -o csv", server({{{"PING"}, Reply{Status("PONG")}},
                                      {{"INFO"}, text(k_info)},
                                      {{"DBSIZE"}, number(3)},
                                      {{"PING"}, Reply{Status("PONG")}},
                                      {{"SCAN", "0", "COUNT", "1000", "MATCH", "*tag:*"},
                                       page({"tag:b", "mytag:x", "cachetag:a"})},
                                      {{"INFO"}, text(k_info)},
                                      {{"TYPE", "tag:b"}, Reply{Status("string")}},
                                      {{"PTTL", "tag:b"}, number(-1)},
                                      {{"SCARD", "tag:b"}, Reply{ServerError("WRONGTYPE no")}},
                                      {{"TYPE", "cachetag:a"}, Reply{Status("set")}},
                                      {{"PTTL", "cachetag:a"}, number(-1)},
                                      {{"SCARD", "cachetag:a"}, number(7)}}));
  REQUIRE(result.outcome);
  CHECK(*result.outcome == Outcome::done);
  CHECK(result.out ==
        "tag,key,type,members,ttl_seconds\n"
        "a,cachetag:a,set,7,\n"
        "b,tag:b,string,,\n");
}

TEST_CASE("tags show: in a layout of sorted sets, members are turned into keys") {
  auto script = known_tag("app_tag:t:entries");
  append(script, {{{"TYPE", "app_tag:t:entries"}, Reply{Status("zset")}},
                  {{"PTTL", "app_tag:t:entries"}, number(-1)},
                  {{"PTTL", "app_tag:t:entries"}, number(-1)},
                  {{"ZSCAN", "app_tag:t:entries", "0", "COUNT", "500"},
                   page({"m:2", "-1", "m:1", "1700000000"})},
                  {{"PTTL", "app_m:2"}, number(-1)},
                  {{"PTTL", "app_m:1"}, number(-1)}});
  const auto result =
      run_line("tags show t --layout laravel --tag-prefix app_ -o csv", server(script));
  REQUIRE(result.outcome);
  CHECK(result.out ==
        "key,exists,ttl_seconds,outlives_tag\n"
        "app_m:1,true,,false\n"
        "app_m:2,true,,false\n");
}

TEST_CASE("tags show: a tag that is not there, one of another type, and one kept twice") {
  const auto none =
      run_line("tags show t --tag-prefix group: -o json",
               server({{{"PING"}, Reply{Status("PONG")}}, {{"EXISTS", "group:t"}, number(0)}}));
  REQUIRE(none.outcome);
  CHECK(*none.outcome == Outcome::done);
  CHECK(Json::parse(none.out)["key"].is_null());

  auto other = known_tag("group:t");
  append(other, {{{"TYPE", "group:t"}, Reply{Status("string")}}});
  const auto wrong = run_line("tags show t --tag-prefix group:", server(other));
  REQUIRE_FALSE(wrong.outcome);
  CHECK(wrong.outcome.error().message == "'group:t' is a string and no set");

  auto both = known_tag("tag:t");
  append(both, {{{"EXISTS", "cachetag:t"}, number(1)}});
  const auto twice = run_line("tags show t", server(both));
  REQUIRE_FALSE(twice.outcome);
  CHECK(twice.outcome.error().kind == ErrorKind::usage);
  CHECK(twice.outcome.error().message == "the tag 't' is kept in 2 keys: cachetag:t, tag:t");
}

TEST_CASE("tags prune: without --yes and a terminal nothing is sent at all") {
  const auto result = run_line("tags prune", server({}));
  REQUIRE_FALSE(result.outcome);
  CHECK(result.outcome.error().kind == ErrorKind::refused);
  CHECK(contains(result.outcome.error().hint, "--yes"));
  test::Surroundings production;
  production.safety.profile = "prod";
  production.safety.production = true;
  const auto wrong = run_line("tags prune --yes", server({}), {}, {}, production);
  REQUIRE_FALSE(wrong.outcome);
  CHECK(wrong.outcome.error().kind == ErrorKind::refused);
}

TEST_CASE("tags prune: a key that came back between the looks and the removal is kept") {
  const Script script{{{"PING"}, Reply{Status("PONG")}},
                      {{"INFO"}, text(k_info)},
                      {{"DBSIZE"}, number(3)},
                      {{"PING"}, Reply{Status("PONG")}},
                      {{"SCAN", "0", "COUNT", "1000", "MATCH", "*tag:*"}, page({"tag:t"})},
                      {{"INFO"}, text(k_info)},
                      {{"PTTL", "tag:t"}, number(-1)},
                      {{"SSCAN", "tag:t", "0", "COUNT", "500"}, page({"a", "b", "c"})},
                      {{"PTTL", "a"}, number(-2)},
                      {{"PTTL", "b"}, number(-2)},
                      {{"PTTL", "c"}, number(-2)},
                      {{"PTTL", "a"}, number(-2)},
                      {{"PTTL", "b"}, number(-2)},
                      {{"PTTL", "c"}, number(-2)},
                      {{"PTTL", "tag:t"}, number(-1)},
                      {{"MULTI"}, Reply{Status("OK")}},
                      {{"DISCARD"}, Reply{Status("OK")}},
                      // "a" is back already; "b" is written between the look and EXEC.
                      {{"WATCH", "a", "b", "c"}, Reply{Status("OK")}},
                      {{"PTTL", "a"}, number(5'000)},
                      {{"PTTL", "b"}, number(-2)},
                      {{"PTTL", "c"}, number(-2)},
                      {{"MULTI"}, Reply{Status("OK")}},
                      {{"SREM", "tag:t", "b", "c"}, Reply{Status("QUEUED")}},
                      {{"EXEC"}, Reply{redis::Nil{}}},
                      {{"WATCH", "b", "c"}, Reply{Status("OK")}},
                      {{"PTTL", "b"}, number(5'000)},
                      {{"PTTL", "c"}, number(-2)},
                      {{"MULTI"}, Reply{Status("OK")}},
                      {{"SREM", "tag:t", "c"}, Reply{Status("QUEUED")}},
                      {{"EXEC"}, Reply{std::vector<Reply>{number(1)}}}};
  const auto result = run_line("tags prune --yes -o json", server(script));
  REQUIRE(result.outcome);
  CHECK(*result.outcome == Outcome::done);
  const auto json = Json::parse(result.out);
  CHECK(json["removed_members"] == 1);
  CHECK(json["kept"] == 2);
  CHECK(json["dead_members"] == 3);
}

TEST_CASE("tags prune: across slots, what came back after the removal is put back as it was") {
  const std::string nodes = "id 127.0.0.1:6379@1 myself,master - 0 0 1 connected 0-16383\n";
  const std::string tag = "app_tag:t:entries";
  redis::Node node;
  node.address = {.host = "127.0.0.1", .port = 6379, .socket_path = {}};
  node.identity.version = "7.0.15";
  node.identity.mode = "cluster";
  node.identity.role = "master";
  node.identity.run_id = "run-1";
  node.slots.set();
  node.client = std::make_shared<test::ScriptedClient>(
      Script{{{"PING"}, Reply{Status("PONG")}},
             {{"INFO"}, text(k_info)},
             {{"CLUSTER", "NODES"}, text(nodes)},
             {{"DBSIZE"}, number(3)},
             {{"PING"}, Reply{Status("PONG")}},
             {{"SCAN", "0", "COUNT", "1000", "MATCH", "app_tag:*:entries"}, page({tag})},
             {{"INFO"}, text(k_info)},
             {{"CLUSTER", "NODES"}, text(nodes)},
             {{"PTTL", tag}, number(600'000)},
             {{"ZSCAN", tag, "0", "COUNT", "500"}, page({"a", "1", "b", "2.5", "c", "3"})},
             {{"PTTL", "app_a"}, number(-2)},
             {{"PTTL", "app_b"}, number(-2)},
             {{"PTTL", "app_c"}, number(-2)},
             {{"PTTL", "app_a"}, number(-2)},
             {{"PTTL", "app_b"}, number(-2)},
             {{"PTTL", "app_c"}, number(-2)},
             {{"PTTL", tag}, number(600'000)},
             // Right before the removal "c" is back already.
             {{"PTTL", "app_a"}, number(-2)},
             {{"PTTL", "app_b"}, number(-2)},
             {{"PTTL", "app_c"}, number(9'000)},
             {{"ZREM", tag, "a", "b"}, number(2)},
             {{"PTTL", "app_a"}, number(-2)},
             {{"PTTL", "app_b"}, number(9'000)},
             {{"ZADD", tag, "NX", "2.5", "b"}, number(1)},
             {{"PTTL", tag}, number(500'000)}});
  std::vector<redis::Node> all;
  all.push_back(std::move(node));
  const auto result =
      run_line("tags prune --yes --layout laravel --tag-prefix app_ -o json",
               std::make_shared<test::ScriptedDeployment>(redis::Mode::cluster, std::move(all)));
  REQUIRE(result.outcome);
  CHECK(*result.outcome == Outcome::done);
  const auto json = Json::parse(result.out);
  CHECK(json["dead_members"] == 3);
  CHECK(json["removed_members"] == 1);
  CHECK(json["kept"] == 2);
}

TEST_CASE("tags: what cannot be meant is refused before anything is sent") {
  struct Case {
    const char* line;
    const char* message;
  };
  const Case cases[] = {
      {"tags check --layout nobody", "--layout: there is no layout 'nobody'"},
      {"tags check t --pattern a:*", "--pattern wants all tags to be looked at"},
      {"tags chekc", "tags: 'chekc' is not a command"},
      {"tags show", "tags show: TAG is missing"},
      {"tags check -o prometheus", "--output: 'prometheus' is not a form of output here"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.line);
    const auto result = run_line(c.line, server({}));
    REQUIRE_FALSE(result.outcome);
    CHECK(result.outcome.error().kind == ErrorKind::usage);
    CHECK(contains(result.outcome.error().message, c.message));
  }
}

}  // namespace rcache::tags
