#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "commands/stats/scripts.h"
#include "support/temp_dir.h"

namespace rcache::stats {
namespace {

/// A node that is there and whose connection breaks.
class BrokenClient : public redis::Client {
 public:
  asio::awaitable<Result<std::vector<Reply>>> pipeline(redis::Commands) override {
    co_return fail(ErrorKind::connect, "lost the connection to 10.0.0.2:6379: End of file");
  }
};

redis::Node node_at(std::string host, std::shared_ptr<redis::Client> client) {
  redis::Node node;
  node.address = {.host = std::move(host), .port = 6379, .socket_path = {}};
  node.identity.mode = "cluster";
  node.identity.role = "master";
  node.identity.run_id = node.address.host;
  node.client = std::move(client);
  return node;
}

std::shared_ptr<ScriptedDeployment> half_broken_cluster(std::vector<Exchange> script) {
  return std::make_shared<ScriptedDeployment>(
      redis::Mode::cluster,
      std::vector<redis::Node>{
          node_at("10.0.0.1", std::make_shared<test::ScriptedClient>(std::move(script))),
          node_at("10.0.0.2", std::make_shared<BrokenClient>())});
}

}  // namespace

TEST_CASE("stats: one INFO everything, and nothing else") {
  const auto result = run_line("stats", server({info()}));
  REQUIRE(result.outcome);
  CHECK(*result.outcome == Outcome::done);
  CHECK(result.notes.empty());
  CHECK(contains(result.out, "Hit ratio"));
  CHECK(contains(result.out, "90.0%"));
}

TEST_CASE("stats: each form of output has its own words") {
  const std::pair<const char*, const char*> forms[] = {{"text", "90.0%"},
                                                       {"json", "\"schema\": \"rcache.stats/1\""},
                                                       {"ndjson", "{\"schema\":\"rcache.stats/1\""},
                                                       {"csv", "hits"},
                                                       {"prometheus", "rcache_hit_ratio 0.9\n"}};
  for (const auto& [form, part] : forms) {
    CAPTURE(std::string(form));
    CHECK(contains(run_line(std::string("stats -o ") + form, server({info()})).out, part));
  }
  CHECK(run_line("stats --json", server({info()})).out ==
        run_line("stats -o json", server({info()})).out);
}

TEST_CASE("stats: a refused INFO is an error in the server's words, and no report") {
  const auto result =
      run_line("stats", server({{{"INFO", "everything"}, Reply{ServerError("NOPERM no access")}}}));
  REQUIRE_FALSE(result.outcome);
  CHECK(result.outcome.error().kind == ErrorKind::connect);
  CHECK(contains(result.outcome.error().message, "NOPERM no access"));
  CHECK(result.out.empty());
}

TEST_CASE("stats: an INFO that is no text, or no INFO, is a protocol error") {
  for (const auto& reply : {Reply{std::int64_t{1}}, Reply{redis::Nil{}},
                            Reply{std::string("hello")}, Reply{std::string()}}) {
    const auto result = run_line("stats", server({{{"INFO", "everything"}, reply}}));
    REQUIRE_FALSE(result.outcome);
    CHECK(result.outcome.error().kind == ErrorKind::protocol);
    CHECK(contains(result.outcome.error().message, "127.0.0.1:6379"));
  }
}

TEST_CASE("stats: a failed check is a finding only when somebody asked") {
  // 900 of 1000 reads hit, half of the memory is used, no key was evicted.
  const std::pair<const char*, Outcome> lines[] = {
      {"stats", Outcome::done},
      {"stats --check", Outcome::done},
      {"stats --min-hit-ratio 90%", Outcome::done},
      {"stats --min-hit-ratio 90.1%", Outcome::findings},
      {"stats --max-memory-ratio 50%", Outcome::done},
      {"stats --max-memory-ratio 49%", Outcome::findings},
      {"stats --max-evictions 0", Outcome::done},
      {"stats -o json --check --min-hit-ratio 0.95", Outcome::findings}};
  for (const auto& [line, wanted] : lines) {
    CAPTURE(std::string(line));
    const auto result = run_line(line, server({info()}));
    REQUIRE(result.outcome);
    CHECK(*result.outcome == wanted);
    CHECK_FALSE(result.out.empty());
  }
  const auto evicting = info_with({{"evicted_keys:0", "evicted_keys:5"}});
  CHECK(*run_line("stats", server({info(evicting)})).outcome == Outcome::done);
  CHECK(*run_line("stats --check", server({info(evicting)})).outcome == Outcome::findings);
  CHECK(*run_line("stats --max-evictions 1/s", server({info(evicting)})).outcome == Outcome::done);
}

TEST_CASE("stats --window: two INFOs, the difference between them") {
  const auto result =
      run_line("stats --window 5s -o ndjson", server({info(), info_later(5, 3, 1)}));
  REQUIRE(result.outcome);
  CHECK(contains(result.out,
                 "\"window\":{\"seconds\":5.0,\"hits\":3,\"misses\":1,\"hit_ratio\":0.75,"));
}

TEST_CASE("stats --window: the window's ratio is judged, and a quiet window is no failure") {
  CHECK(*run_line("stats --window 5s --check", server({info(), info_later(5, 3, 1)})).outcome ==
        Outcome::findings);
  CHECK(*run_line("stats --window 5s --check", server({info(), info_later(5, 0, 0)})).outcome ==
        Outcome::done);
}

TEST_CASE("stats --window: an interrupt inside it is one, and nothing more is sent or shown") {
  FakeClock clock;
  clock.interrupt_at_sleep = 1;
  const auto result = run_line("stats --window 5s", server({info()}), {}, clock);
  REQUIRE_FALSE(result.outcome);
  CHECK(result.outcome.error().kind == ErrorKind::interrupted);
  CHECK(result.out.empty());
}

TEST_CASE("stats: a reader that is gone does not change the verdict") {
  KeptOutput output;
  output.closed = true;
  const auto result = run_line("stats --min-hit-ratio 99%", server({info()}), std::move(output));
  REQUIRE(result.outcome);
  CHECK(*result.outcome == Outcome::findings);
}

TEST_CASE("stats: one node of two that fails makes it incomplete, whatever the checks say") {
  for (const char* line : {"stats -o ndjson", "stats --min-hit-ratio 99% -o ndjson"}) {
    const auto result = run_line(line, half_broken_cluster({info()}));
    REQUIRE(result.outcome);
    CHECK(*result.outcome == Outcome::incomplete);
    CHECK(contains(
        result.out,
        "\"complete\":false,\"gaps\":[\"lost the connection to 10.0.0.2:6379: End of file\"]"));
    CHECK(contains(result.out, "\"nodes\":1"));
  }
}

TEST_CASE("stats: slots that nobody serves make it incomplete") {
  auto deployment = std::make_shared<ScriptedDeployment>(
      redis::Mode::cluster,
      std::vector<redis::Node>{node_at(
          "10.0.0.1", std::make_shared<test::ScriptedClient>(std::vector<Exchange>{info()}))},
      std::vector<redis::Gap>{{"slots 0-100", "no node serves them", {}}});
  const auto result = run_line("stats", deployment);
  CHECK(*result.outcome == Outcome::incomplete);
  CHECK(contains(result.out, "slots 0-100: no node serves them"));
  CHECK(contains(result.out, "INCOMPLETE"));
}

TEST_CASE("stats: when no node answers it is an error and no report") {
  auto deployment = std::make_shared<ScriptedDeployment>(
      redis::Mode::cluster,
      std::vector<redis::Node>{node_at("10.0.0.2", std::make_shared<BrokenClient>())});
  const auto result = run_line("stats", deployment);
  REQUIRE_FALSE(result.outcome);
  CHECK(result.outcome.error().kind == ErrorKind::connect);
  CHECK(result.out.empty());
}

TEST_CASE("stats --save and --since: what happened between two runs") {
  const test::TempDir folder;
  const auto file = folder.file("saved");
  REQUIRE(run_line("stats --save " + file, server({info()})).outcome);
  const auto result = run_line("stats -o ndjson --since " + file, server({info_later(60, 30, 10)}));
  REQUIRE(result.outcome);
  CHECK(contains(result.out,
                 "\"window\":{\"seconds\":60.0,\"hits\":30,\"misses\":10,\"hit_ratio\":0.75,"));
}

TEST_CASE("stats --since: a damaged or missing file is a usage error before any server is asked") {
  const test::TempDir folder;
  for (const auto& file :
       {folder.file("none"), folder.write("damaged", "{\"schema\":"), folder.write("empty", "")}) {
    const auto result = run_line("stats --since " + file, server({}));
    REQUIRE_FALSE(result.outcome);
    CHECK(result.outcome.error().kind == ErrorKind::usage);
    CHECK(contains(result.outcome.error().message, file));
  }
}

TEST_CASE("stats --save: a file that cannot be written is an output error") {
  const test::TempDir folder;
  const auto result = run_line("stats --save " + folder.file("no/folder"), server({info()}));
  REQUIRE_FALSE(result.outcome);
  CHECK(result.outcome.error().kind == ErrorKind::output);
}

TEST_CASE("stats: flags that contradict each other are refused before any server is asked") {
  for (const char* line :
       {"stats --window 1s --since x", "stats --watch --window 1s", "stats --watch --since x",
        "stats --watch --save x", "stats --watch --check", "stats --watch -o prometheus",
        "stats --window 0", "stats --watch 1ms"}) {
    CAPTURE(std::string(line));
    const auto result = run_line(line, server({}));
    REQUIRE_FALSE(result.outcome);
    CHECK(result.outcome.error().kind == ErrorKind::usage);
  }
}

}  // namespace rcache::stats
