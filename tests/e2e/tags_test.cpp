// `rcache tags`: what tags hold, whether it can be trusted, and cleaning it.
#include <csignal>
#include <string>
#include <vector>

#include "e2e/invalidate.h"
#include "support/relay.h"
#include "support/skip.h"

namespace rcache::test {
namespace {

std::vector<std::string> tags_words(std::vector<std::string> words) {
  words.insert(words.begin(), "tags");
  return words;
}

ProgramResult tags(const Server& server, std::vector<std::string> words) {
  words.insert(words.end(), {"-u", server.url()});
  return run_rcache(tags_words(std::move(words)));
}

Json tags_json(const Server& server, std::vector<std::string> words, int exit_code) {
  words.insert(words.end(), {"-o", "json"});
  const auto result = tags(server, std::move(words));
  CAPTURE(result.describe());
  CHECK(result.exit_code == exit_code);
  REQUIRE(Json::accept(result.out));
  return Json::parse(result.out);
}

void add_members(Server& server, const std::string& tag, const std::string& prefix, int first,
                 int end) {
  std::vector<Words> commands;
  for (int i = first; i < end; i += 500) {
    Words words{"SADD", tag};
    for (int j = i; j < std::min(end, i + 500); ++j) words.push_back(prefix + std::to_string(j));
    commands.push_back(std::move(words));
  }
  server.pipeline(commands);
}

long long counted_lookups(Server& server) {
  const auto info = server.command({"INFO", "stats"}).text;
  return std::atoll(info_field(info, "keyspace_hits").c_str()) +
         std::atoll(info_field(info, "keyspace_misses").c_str());
}

}  // namespace

TEST_CASE("tags check: every kind of finding, and exactly the lookups that the server counted") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill(server, "a:", 10);
  server.pipeline({{"SADD", "tag:good", "a:0", "a:1"},
                   {"SADD", "tag:dead", "a:2", "gone:1", "gone:2"},
                   {"SADD", "cachetag:empty", "gone:3"},
                   {"SADD", "tag:short", "a:3", "a:4"},
                   {"SET", "tag:wrong", "x"}});
  for (const char* key : {"a:0", "a:1", "a:2", "a:3", "a:4"})
    server.command({"EXPIRE", key, "1000"});
  for (const char* key : {"tag:good", "tag:dead"}) server.command({"EXPIRE", key, "2000"});
  server.command({"EXPIRE", "tag:short", "100"});
  server.command({"CONFIG", "RESETSTAT"});
  const auto json = tags_json(server, {"check", "--pattern", "a:*"}, 1);
  CHECK(json["tags"] == 5);
  CHECK(json["members"] == 8);
  CHECK(json["dead_members"] == 3);
  CHECK(json["empty_tags"] == 1);
  CHECK(json["outliving_members"] == 2);
  CHECK(json["tags_without_ttl"] == 1);
  CHECK(json["wrong_types"] == 1);
  CHECK(json["untagged_keys"] == 5);
  CHECK(json["complete"] == true);
  CHECK(json["findings"].size() == 3 + 1 + 2 + 1 + 1 + 5);
  CHECK(json["own_lookups"] == counted_lookups(server));
}

TEST_CASE("tags check: a healthy cache is exit 0, one that may not be seen is exit 4 or 3") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill(server, "a:", 3);
  add_members(server, "tag:t", "a:", 0, 3);
  for (const char* key : {"a:0", "a:1", "a:2"}) server.command({"EXPIRE", key, "100"});
  server.command({"EXPIRE", "tag:t", "100"});
  CHECK(tags(server, {"check"}).exit_code == 0);
  // What the README grants: reading, and nothing that writes.
  add_user(server, "ro",
           {"~*",       "-@all",  "+ping",  "+info",   "+dbsize",         "+scan",      "+sscan",
            "+zscan",   "+hscan", "+scard", "+zcard",  "+hlen",           "+sismember", "+zscore",
            "+hexists", "+type",  "+pttl",  "+exists", "+client|setname", "+select"});
  for (const auto& words : std::vector<std::vector<std::string>>{{},
                                                                 {"check", "--pattern", "a:*"},
                                                                 {"show", "t"},
                                                                 {"of", "a:1"},
                                                                 {"prune", "--dry-run"}}) {
    const auto result = tags(server, as_user("ro", words));
    CAPTURE(result.describe());
    CHECK(result.exit_code == 0);
  }
  server.command({"SADD", "tag:t", "gone:1"});
  const auto pruned = tags(server, as_user("ro", {"prune", "--yes", "-o", "json"}));
  CHECK(pruned.exit_code == 4);
  CHECK(Json::parse(pruned.out)["failed"] == 1);
  CHECK(server.command({"SCARD", "tag:t"}).integer == 4);

  add_user(server, "some", {"~tag:*", "~a:0", "+@all"});
  CHECK(tags(server, as_user("some", {"check"})).exit_code == 4);
  add_user(server, "none", {"~*", "+@all", "-scan"});
  CHECK(tags(server, as_user("none", {"check"})).exit_code == 3);
}

TEST_CASE("tags prune: removes dead members of every kind of container, and nothing else") {
  RCACHE_NEED_SERVER("redis");
  Server server({.arguments = k_with_debug});
  fill(server, "a:", 4);
  server.pipeline({{"SADD", "tag:t", "a:0", "gone:1"},
                   {"ZADD", "tag:z:entries", "-1", "a:1", "5", "gone:2"},
                   {"HSET", "h:1:keys", "a:2", "x", "gone:3", "y"}});
  const TempDir folder;
  const auto config =
      folder.write("c.toml", "[layout.h]\ntype = \"hash\"\ncontainer = \"h:{tag}:keys\"\n");
  const auto before = digest(server);
  CHECK(tags_json(server, {"prune", "--dry-run"}, 0)["dead_members"] == 1);
  check_refused(tags(server, {"prune"}), 5, "dead members would be removed");
  CHECK(digest(server) == before);

  CHECK(tags_json(server, {"prune", "--yes"}, 0)["removed_members"] == 1);
  CHECK(tags_json(server, {"prune", "--yes", "--layout", "laravel"}, 0)["removed_members"] == 1);
  CHECK(tags_json(server, {"prune", "--yes", "--layout", "h", "--config", config},
                  0)["removed_members"] == 1);
  CHECK(server.command({"SMEMBERS", "tag:t"})[0].text == "a:0");
  CHECK(server.command({"ZSCORE", "tag:z:entries", "a:1"}).text == "-1");
  CHECK(server.command({"HGET", "h:1:keys", "a:2"}).text == "x");
  CHECK(server.command({"HLEN", "h:1:keys"}).integer == 1);
}

TEST_CASE("tags prune: members that come back while it runs stay in their tag") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  add_members(server, "tag:t", "k:", 0, 20'000);
  Program program(rcache_with(tags_words({"prune", "--yes", "-o", "json", "-u", server.url()})));
  RawClient writer(server.address());
  for (int i = 0; program.running(); i = (i + 7) % 20'000) {
    const auto key = "k:" + std::to_string(i);
    writer.pipeline({{"SET", key, "1"}, {"SADD", "tag:t", key}});
  }
  const auto& result = program.wait();
  CAPTURE(result.describe());
  CHECK(result.exit_code == 0);
  const auto json = Json::parse(result.out);
  // Whatever lives is in its tag, and what was counted is what happened.
  for (const auto& key : with_prefix(keys_at(server), "k:")) {
    CAPTURE(key);
    CHECK(server.command({"SISMEMBER", "tag:t", key}).integer == 1);
  }
  CHECK(json["removed_members"].get<int>() + json["kept"].get<int>() +
            json["already_gone"].get<int>() + json["failed"].get<int>() ==
        json["dead_members"].get<int>());
}

TEST_CASE("tags: 100,000 members are shown and checked once each, and the memory stays small") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill(server, "a:", 90'000);
  add_members(server, "tag:t", "a:", 0, 100'000);
  const auto json = tags_json(server, {"check", "t"}, 1);
  CHECK(json["members"] == 100'000);
  CHECK(json["dead_members"] == 10'000);
  const auto shown = tags(server, {"show", "t", "-o", "csv"});
  CHECK(shown.exit_code == 0);
  CHECK(lines_of(shown.out).size() == 100'001);
#ifndef __SANITIZE_ADDRESS__
  CHECK(shown.max_rss_bytes < std::size_t{32} << 20U);
#endif
  const auto untagged = tags_json(server, {"check", "--pattern", "*"}, 1);
  CHECK(untagged["untagged_keys"] == 0);
}

TEST_CASE(
    "tags: far away a large container of any type is read at several places, each member once") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  constexpr int k_members = 40'000;
  add_members(server, "tag:set", "k:", 0, k_members);
  std::vector<Words> commands;
  for (int i = 0; i < k_members; i += 500) {
    Words zset{"ZADD", "tag:zset:entries"};
    Words hash{"HSET", "h:hash"};
    for (int j = i; j < i + 500; ++j) {
      zset.insert(zset.end(), {std::to_string(j), "k:" + std::to_string(j)});
      hash.insert(hash.end(), {"k:" + std::to_string(j), std::to_string(j)});
    }
    commands.push_back(std::move(zset));
    commands.push_back(std::move(hash));
  }
  server.pipeline(commands);
  const TempDir folder;
  const auto config =
      folder.write("c.toml", "[layout.h]\ntype = \"hash\"\ncontainer = \"h:{tag}\"\n");
  Relay relay(server.address(), Listen::unix_socket);
  relay.set(Direction::down, {.delay = std::chrono::milliseconds{10}});
  for (const std::string layout : {"generic", "laravel", "h"}) {
    CAPTURE(layout);
    const auto result = run_rcache(
        {"tags", "check", "--layout", layout, "--config", config, "-o", "json", "-u", relay.url()});
    CAPTURE(result.describe());
    const auto json = Json::parse(result.out);
    CHECK(json["members"] == k_members);
    CHECK(json["dead_members"] == k_members);
    CHECK(json["complete"] == true);
  }
}

TEST_CASE("tags: hostile names are one line each, and are found again") {
  RCACHE_NEED_SERVER("redis");
  using namespace std::string_literals;
  Server server;
  for (const auto& name : {"nul\0x"s, "line\nkeep"s, "\xff\xfe"s, "\x1b[2J"s}) {
    server.command({"SET", name, "1"});
    server.command({"SADD", "tag:"s + name, name});
  }
  const auto text = tags(server, {"check"});
  CHECK(text.out.find('\x1b') == std::string::npos);
  CHECK(text.out.find("keep\n") == std::string::npos);
  const auto json = tags_json(server, {}, 0);
  CHECK(json["tags"].size() == 4);
  const auto of = tags_json(server, {"of", "line\nkeep"}, 0);
  CHECK(of["tags"] == Json{"line\nkeep"});
  CHECK(tags(server, {"-o", "csv"}).out.find("line\\x0akeep") != std::string::npos);
}

TEST_CASE("tags: with a key prefix, tags and keys are shown without it") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill(server, "app:a:", 2);
  server.pipeline({{"SADD", "app:tag:t", "a:0", "app:a:1", "a:9"}, {"SADD", "tag:t", "other"}});
  const auto json = tags_json(server, {"show", "t", "--key-prefix", "app:"}, 0);
  CHECK(json["key"] == "tag:t");
  CHECK(json["live"] == 2);
  CHECK(json["dead"] == 1);
  CHECK(json["members"][0]["key"] == "a:0");
  CHECK(tags_json(server, {"of", "a:1", "--key-prefix", "app:"}, 0)["tags"] == Json{"t"});
}

TEST_CASE("tags: a layout of the config file that is wrong is named by its place") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  const TempDir folder;
  for (const auto& [body, words] : std::vector<std::pair<std::string, std::string>>{
           {"[layout.x]\ncontainer = \"t:\"\n", "c.toml:1:9: layout 'x': a container must have"},
           {"[layout.x]\ntype = \"list\"\n", "c.toml:2:8: 'type' must be one of"},
           {"[layout.x]\ncontaner = \"t\"\n", "did you mean 'container'?"},
           {"[layout.magento]\ncontainer = \"t:{tag}\"\n", "is a layout that rcache has"}}) {
    const auto config = folder.write("c.toml", body);
    check_refused(tags(server, {"--layout", "x", "--config", config}), 2, words);
  }
}

TEST_CASE("tags check: after Ctrl-C the document is whole, and says that it is not all") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  add_members(server, "tag:t", "k:", 0, 50'000);
  Relay relay(server.address(), Listen::unix_socket);
  relay.set(Direction::down, {.delay = std::chrono::milliseconds{300}});
  Program program(rcache_with(tags_words({"check", "t", "-o", "json", "-u", relay.url()})));
  wait_until("the first members", [&] {
    program.so_far();
    return server.info("cmdstat_pttl").find("calls=") != std::string::npos &&
           std::atoi(server.info("cmdstat_pttl").c_str() + 6) > 400;
  });
  program.signal(SIGINT);
  const auto& result = program.wait();
  CAPTURE(result.describe());
  CHECK(result.exit_code == 130);
  REQUIRE(Json::accept(result.out));
  const auto json = Json::parse(result.out);
  CHECK(json["complete"] == false);
  CHECK(json["reasons"] == Json{"interrupted"});
}

TEST_CASE("tags prune: a person is asked with the numbers, and every answer but yes is no") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  server.command({"SADD", "tag:t", "gone:1", "gone:2"});
  for (const bool agreed : {false, true}) {
    CAPTURE(agreed);
    Program program(on_terminal(rcache_with(tags_words({"prune", "-u", server.url()}))));
    program.wait_for_screen("Type yes: ");
    CHECK(contains(program.so_far().screen, "Would remove 2 dead members from 1 tag"));
    program.type(agreed ? "yes\n" : "no\n");
    CHECK(program.wait().exit_code == (agreed ? 0 : 5));
    CHECK(server.command({"EXISTS", "tag:t"}).integer == (agreed ? 0 : 1));
  }
}

TEST_CASE("tags: a replica is read with --replica, and never pruned; protected tags stay") {
  RCACHE_NEED_SERVER("redis");
  Server primary({.listen = Listen::tcp, .arguments = {"--repl-diskless-sync-delay", "0"}});
  Server replica({.listen = Listen::tcp});
  primary.command({"SADD", "tag:t", "gone:1"});
  replica.command({"REPLICAOF", "127.0.0.1", std::to_string(primary.port())});
  wait_until("the replica", [&] { return replica.info("master_link_status") == "up"; });
  CHECK(tags_json(replica, {"check"}, 1)["dead_members"] == 1);
  check_refused(tags(replica, {"prune", "--yes"}), 5, "is a replica");
  const TempDir folder;
  const auto config = folder.write(
      "c.toml", "[profile.p]\nurl = \"" + primary.url() + "\"\nprotect = [\"tag:*\"]\n");
  const auto result =
      run_rcache({"tags", "prune", "--yes", "-o", "json", "--config", config, "--profile", "p"});
  CHECK(Json::parse(result.out)["protected_tags"] == 1);
  CHECK(primary.command({"SCARD", "tag:t"}).integer == 1);
}

}  // namespace rcache::test
