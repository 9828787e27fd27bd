#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

#include "support/contains.h"
#include "support/scripted_client.h"
#include "support/scripted_context.h"

namespace rcache::invalidate {
namespace {

using redis::Nil;
using redis::Reply;
using redis::ServerError;
using redis::Status;
using test::Exchange;
using test::KeptOutput;
using test::run_line;
using test::Surroundings;

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

const std::string k_info = "# Server\r\nredis_version:7.0.15\r\nrun_id:run-1\r\nrole:master\r\n";

using Script = std::vector<Exchange>;

/// The look at a server before its first SCAN.
Script first_look() {
  return {{{"INFO"}, text(k_info)}, {{"DBSIZE"}, number(5)}, {{"PING"}, Reply{Status("PONG")}}};
}

/// Parts of a script, one behind the other.
Script joined(std::vector<Script> parts) {
  Script all;
  for (auto& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

std::shared_ptr<test::ScriptedDeployment> server(Script script) {
  return std::make_shared<test::ScriptedDeployment>(std::move(script));
}

using test::contains;

const Exchange k_last_look{{"INFO"}, text(k_info)};
const redis::Args k_scan{"SCAN", "0", "COUNT", "400", "MATCH", "a:*"};

}  // namespace

TEST_CASE("invalidate: one pass of SCAN and UNLINK, each key judged once more before it goes") {
  // "b:1" is what a broken or hostile server might add.
  const auto result = run_line("invalidate a:* --yes",
                               server(joined({first_look(),
                                              {{k_scan, scan_reply("0", {"a:1", "b:1", "a:2"})},
                                               k_last_look,
                                               {{"UNLINK", "a:1", "a:2"}, number(2)}}})));
  REQUIRE(result.outcome);
  CHECK(*result.outcome == Outcome::done);
  CHECK(contains(result.out, "removed 2 keys"));
}

TEST_CASE("invalidate: plain keys go without a scan, and one that is not there does not match") {
  auto result =
      run_line("invalidate a:1 a:2 --yes", server({{{"UNLINK", "a:1", "a:2"}, number(1)}}));
  REQUIRE(result.outcome);
  CHECK(*result.outcome == Outcome::done);
  CHECK(contains(result.out, "removed 1 key in"));
  CHECK_FALSE(contains(result.out, "gone"));

  result =
      run_line("invalidate a:1 a:2 --dry-run", server({{{"DBSIZE"}, number(5)},
                                                       {{"TYPE", "a:1"}, Reply{Status("none")}},
                                                       {{"TYPE", "a:2"}, Reply{Status("hash")}},
                                                       {{"TYPE", "a:2"}, Reply{Status("hash")}},
                                                       {{"PTTL", "a:2"}, number(-1)}}));
  REQUIRE(result.outcome);
  CHECK(contains(result.out, "would remove 1 of 5 keys"));
}

TEST_CASE("invalidate: a dry run sends nothing that writes") {
  const auto result =
      run_line("invalidate a:* --dry-run --backup never-made --verify --wait 1 --publish ch",
               server(joined({{{{"DBSIZE"}, number(5)}},
                              first_look(),
                              {{k_scan, scan_reply("0", {"a:1"})},
                               k_last_look,
                               {{"TYPE", "a:1"}, Reply{Status("string")}},
                               {{"PTTL", "a:1"}, number(-1)}}})));
  REQUIRE(result.outcome);
  CHECK(*result.outcome == Outcome::done);
  CHECK(contains(result.out, "would remove 1 of 5 keys"));
}

TEST_CASE(
    "invalidate: without a terminal and without --yes nothing is sent, and the flag is named") {
  const auto result = run_line("invalidate a:*", server({}));
  REQUIRE_FALSE(result.outcome);
  CHECK(result.outcome.error().kind == ErrorKind::refused);
  CHECK(contains(result.outcome.error().hint, "--yes"));
}

TEST_CASE("invalidate: another answer than yes removes nothing") {
  const Script looked = joined({{{{"DBSIZE"}, number(5)}},
                                first_look(),
                                {{k_scan, scan_reply("0", {"a:1"})},
                                 k_last_look,
                                 {{"TYPE", "a:1"}, Reply{Status("string")}},
                                 {{"PTTL", "a:1"}, number(-1)}}});
  const auto result =
      run_line("invalidate a:*", server(looked), {}, {}, Surroundings{.answer = "no"});
  REQUIRE(result.outcome);
  CHECK(*result.outcome == Outcome::refused);
  CHECK(contains(result.asked, "Remove 1 key without a backup? Type yes: "));
}

TEST_CASE("invalidate: in production only the profile's name is a yes") {
  const Script looked = joined({{{{"DBSIZE"}, number(5)}},
                                first_look(),
                                {{k_scan, scan_reply("0", {"a:1"})},
                                 k_last_look,
                                 {{"TYPE", "a:1"}, Reply{Status("string")}},
                                 {{"PTTL", "a:1"}, number(-1)}}});
  Safety safety{.profile = "prod", .production = true, .protect = {}, .database = 0};
  auto result = run_line("invalidate a:*", server(looked), {}, {},
                         Surroundings{.safety = safety, .answer = "yes"});
  REQUIRE(result.outcome);
  CHECK(*result.outcome == Outcome::refused);
  CHECK(contains(result.asked, "type the profile's name (prod): "));

  const Script done =
      joined({first_look(),
              {{k_scan, scan_reply("0", {"a:1"})}, k_last_look, {{"UNLINK", "a:1"}, number(1)}}});
  result = run_line("invalidate a:*", server(joined({looked, done})), {}, {},
                    Surroundings{.safety = safety, .answer = "prod"});
  REQUIRE(result.outcome);
  CHECK(*result.outcome == Outcome::done);

  result = run_line("invalidate a:* --yes", server({}), {}, {}, Surroundings{.safety = safety});
  REQUIRE_FALSE(result.outcome);
  CHECK(contains(result.outcome.error().message, "production"));
  result =
      run_line("invalidate a:* --yes=prod", server(done), {}, {}, Surroundings{.safety = safety});
  REQUIRE(result.outcome);
  CHECK(*result.outcome == Outcome::done);
}

TEST_CASE("invalidate: a profile's protected keys stay, also against --yes") {
  Safety safety{.profile = "dev", .production = false, .protect = {"a:keep:*"}, .database = 0};
  const auto result = run_line("invalidate a:* --yes -o json",
                               server(joined({first_look(),
                                              {{k_scan, scan_reply("0", {"a:keep:1", "a:1"})},
                                               k_last_look,
                                               {{"UNLINK", "a:1"}, number(1)}}})),
                               {}, {}, Surroundings{.safety = safety});
  REQUIRE(result.outcome);
  CHECK(contains(result.out, "\"protected\": 1"));
  CHECK(contains(result.out, "\"matched\": 2"));
}

TEST_CASE("invalidate: where UNLINK is refused DEL does it, and is said") {
  const auto result = run_line(
      "invalidate a:* --yes",
      server(joined({first_look(),
                     {{k_scan, scan_reply("0", {"a:1"})},
                      k_last_look,
                      {{"UNLINK", "a:1"}, Reply{ServerError("ERR unknown command `UNLINK`")}},
                      {{"DEL", "a:1"}, number(1)}}})));
  REQUIRE(result.outcome);
  CHECK(*result.outcome == Outcome::done);
  CHECK(contains(result.out, "DEL was used"));
}

TEST_CASE("invalidate: --max-keys looks first, and removes nothing when more match") {
  const auto result = run_line(
      "invalidate a:* --yes --max-keys 1 -o json",
      server(joined({first_look(), {{k_scan, scan_reply("0", {"a:1", "a:2"})}, k_last_look}})));
  REQUIRE(result.outcome);
  CHECK(*result.outcome == Outcome::refused);
  CHECK(contains(result.out, "\"reason\": \"max-keys\""));
  CHECK(contains(result.out, "\"removed\": 0"));
}

TEST_CASE("invalidate: a reply that makes no sense ends the run") {
  const auto result = run_line(
      "invalidate a:* --yes",
      server(joined(
          {first_look(),
           {{k_scan, scan_reply("0", {"a:1"})}, k_last_look, {{"UNLINK", "a:1"}, number(7)}}})));
  REQUIRE_FALSE(result.outcome);
  CHECK(result.outcome.error().kind == ErrorKind::protocol);
  CHECK(contains(result.outcome.error().message, "says that it removed 7 of 1"));
}

TEST_CASE("invalidate: when nothing matches nobody is asked, and nothing more is done") {
  const auto result = run_line(
      "invalidate a:* --key-prefix p:",
      server(joined(
          {{{{"DBSIZE"}, number(5)}},
           first_look(),
           {{{"SCAN", "0", "COUNT", "400", "MATCH", "p:a:*"}, scan_reply("0", {})}, k_last_look}})),
      {}, {}, Surroundings{.key_prefix = KeyPrefix("p:"), .answer = "yes"});
  REQUIRE(result.outcome);
  CHECK(*result.outcome == Outcome::done);
  CHECK(result.asked.empty());
  CHECK(contains(result.out, "nothing matches"));
}

TEST_CASE("invalidate: -o json lists keys in the document, -0 raw, and plain text one a line") {
  const auto script = [] {
    return server(joined({first_look(),
                          {{k_scan, scan_reply("0", {"a:1", "a:\n"})},
                           k_last_look,
                           {{"UNLINK", "a:1", "a:\n"}, number(2)}}}));
  };
  auto result = run_line("invalidate a:* --yes --print-keys", script());
  CHECK(result.out == "a:1\na:\\x0a\n");
  REQUIRE(result.notes.size() == 1);
  CHECK(contains(result.notes.front(), "removed 2 keys"));
  result = run_line("invalidate a:* --yes -0", script());
  CHECK(result.out == std::string("a:1\0a:\n\0", 8));
  result = run_line("invalidate a:* --yes --print-keys -o json", script());
  CHECK(
      result.out.starts_with("{\n  \"schema\": \"rcache.invalidate/1\",\n  \"keys\": [\n"
                             "    \"a:1\",\n    \"a:\\n\"\n  ],\n  \"patterns\": ["));
}

TEST_CASE("invalidate: wrong flags are one line each, before anybody is asked") {
  struct Case {
    const char* line;
    const char* message;
  };
  const Case cases[] = {
      {"invalidate --yes", "invalidate: a pattern is missing"},
      {"invalidate a:* --yes --count 0", "--count: 0 is not between 1 and 10000"},
      {"invalidate a:* --yes --count 20000", "--count: 20000 is not between 1 and 10000"},
      {"invalidate a:* --yes --type sets", "--type: 'sets' is not one of"},
      {"invalidate a:* --yes --spread 5s --expire-in 5s", "--spread and --expire-in both"},
      {"invalidate a:* --yes --spread 0", "--spread and --expire-in: 0 is no time"},
      {"invalidate a:* --yes --spread 5s --verify", "--verify does not go with"},
      {"invalidate a:* --yes --rate 0", "--rate: 0 keys a second never end"},
      {"invalidate a:* --yes --max-latency 0", "--max-latency: 0 cannot be held"},
      {"invalidate a:* --yes --wait 0", "--wait: 0 replicas are no protection"},
      {"invalidate a:* --yes -0 -o json", "-0 does not go with -o json"},
      {"invalidate --tag t --type set --yes", "--type does not go with --tag"},
      {"invalidate a:* --yes --backup-mode some", "--backup-mode: 'some' is not one of"},
      {"invalidate a:* --yes=dev", "--yes=dev: no profile is in use"},
  };
  for (const auto& c : cases) {
    CAPTURE(std::string(c.line));
    const auto result = run_line(c.line, server({}));
    REQUIRE_FALSE(result.outcome);
    CHECK(result.outcome.error().message.starts_with(c.message));
  }
}

}  // namespace rcache::invalidate
