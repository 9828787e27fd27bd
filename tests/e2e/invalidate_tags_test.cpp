// `rcache invalidate --tag`: the members of a tag's sets, and then the sets.
#include <string>
#include <vector>

#include "e2e/invalidate.h"
#include "support/relay.h"
#include "support/skip.h"

namespace rcache::test {
namespace {

void tag(Server& server, const std::string& set, const std::string& prefix, int members) {
  std::vector<Words> commands;
  for (int i = 0; i < members; ++i) commands.push_back({"SADD", set, prefix + std::to_string(i)});
  server.pipeline(commands);
}

KeySet members_of(Server& server, const std::string& set) {
  KeySet members;
  for (const auto& member : server.command({"SMEMBERS", set}).items) members.insert(member.text);
  return members;
}

}  // namespace

TEST_CASE("invalidate tags: the members of both kinds of set go, and then the sets") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill(server, "a:", 10);
  fill(server, "b:", 10);
  fill(server, "c:", 10);
  tag(server, "tag:t", "a:", 10);
  tag(server, "cachetag:t", "b:", 10);
  tag(server, "tag:other", "a:", 20);
  const auto run = invalidated(server, {"--tag", "t"});
  CHECK(run.exit_code == 0);
  CHECK(run.json["removed"] == 20);
  CHECK(run.json["tags"] == Json{"t"});
  CHECK(run.json["tags_removed"] == 2);
  CHECK(run.json["complete"] == true);
  auto left = names("c:", 10);
  left.insert("tag:other");
  CHECK(keys_at(server) == left);
  CHECK(server.command({"SCARD", "tag:other"}).integer == 20);
}

TEST_CASE("invalidate tags: dead members are gone, several tags and patterns are one run") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill(server, "a:", 5);
  fill(server, "p:", 5);
  tag(server, "tag:t", "a:", 8);
  tag(server, "tag:u", "dead:", 4);
  const auto run = invalidated(server, {"p:*", "--tag", "t", "--tag", "u"});
  CHECK(run.exit_code == 0);
  CHECK(run.json["removed"] == 10);
  CHECK(run.json["gone"] == 7);
  CHECK(run.json["tags_removed"] == 2);
  CHECK(keys_at(server).empty());
}

TEST_CASE("invalidate tags: a tag that is not there is said, and is no failure") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  const auto result = invalidate(server, {"--tag", "nobody", "--yes", "-o", "json"});
  CHECK(result.exit_code == 0);
  CHECK(receipt_in(result)["matched"] == 0);
  CHECK(contains(result.err, "no set holds the tag 'nobody'"));
}

TEST_CASE("invalidate tags: protected and excluded members stay, in the cache and in the set") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill(server, "a:", 30);
  tag(server, "tag:t", "a:", 30);
  const auto run = invalidated(server, {"--tag", "t", "--protect", "a:1?", "--exclude", "a:2?"});
  CHECK(run.exit_code == 0);
  CHECK(run.json["removed"] == 10);
  CHECK(run.json["protected"] == 10);
  CHECK(run.json["tags_removed"] == 0);
  auto left = keys_at(server);
  left.erase("tag:t");
  CHECK(left.size() == 20);
  CHECK(members_of(server, "tag:t") == left);
}

TEST_CASE("invalidate tags: a dry run tells the members and the sets") {
  RCACHE_NEED_SERVER("redis");
  Server server({.arguments = k_with_debug});
  fill(server, "a:", 30);
  tag(server, "tag:t", "a:", 30);
  const auto before = digest(server);
  const auto look = invalidate(server, {"--tag", "t", "--dry-run", "-o", "json"});
  CHECK(receipt_in(look)["matched"] == 30);
  const auto text = invalidate(server, {"--tag", "t", "--dry-run"});
  CHECK(contains(text.out, "would remove 30 of 31 keys"));
  CHECK(contains(text.out, "tag:t"));
  CHECK(invalidate(server, {"--tag", "t", "--yes", "--max-keys", "29"}).exit_code == 5);
  CHECK(digest(server) == before);
}

TEST_CASE("invalidate tags: --print-keys names each key once") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill(server, "a:", 5);
  tag(server, "tag:t", "a:", 5);
  const auto result = invalidate(server, {"--tag", "t", "--print-keys", "--yes"});
  CHECK(lines_of(result.out).size() == 5);
}

TEST_CASE("invalidate tags: a set of another type is named, and the rest is done") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill(server, "a:", 5);
  server.command({"ZADD", "tag:t", "1", "a:1"});
  tag(server, "cachetag:t", "a:", 5);
  const auto result = invalidate(server, {"--tag", "t", "--yes", "-o", "json"});
  CHECK(result.exit_code == 4);
  const auto json = receipt_in(result);
  CHECK(json["removed"] == 5);
  CHECK(json["reason"] == "incomplete");
  REQUIRE(json["reasons"].size() == 1);
  CHECK(json["reasons"][0] == "'tag:t' is not a set");
  CHECK(keys_at(server) == KeySet{"tag:t"});
}

TEST_CASE("invalidate tags: layouts of sorted sets and hashes, there and back with a backup") {
  RCACHE_NEED_SERVER("redis");
  Server server({.arguments = k_with_debug});
  const TempDir folder;
  const auto config = folder.write(
      "c.toml", "[layout.h]\ntype = \"hash\"\ncontainer = \"h:{tag}\"\nkey = \"k:{member}\"\n");
  fill(server, "app_a:", 30);
  fill(server, "k:", 30);
  for (int i = 0; i < 30; ++i) {
    const auto number = std::to_string(i);
    server.command({"ZADD", "app_tag:t:entries", "1700000000." + number, "a:" + number});
    server.command({"HSET", "h:t", number, "value of " + number});
  }
  server.command({"PEXPIREAT", "h:t", "4102444800123"});
  const auto before = digest(server);
  const auto zset =
      invalidated(server, {"--tag", "t", "--layout", "laravel", "--backup", folder.file("z")});
  CHECK(zset.exit_code == 0);
  CHECK(zset.json["removed"] == 30);
  CHECK(zset.json["tags_removed"] == 1);
  const auto hash = invalidated(
      server, {"--tag", "t", "--layout", "h", "--config", config, "--backup", folder.file("h")});
  CHECK(hash.exit_code == 0);
  CHECK(hash.json["removed"] == 30);
  CHECK(keys_at(server).empty());
  for (const char* file : {"z", "h"}) {
    const auto back = run_at(server, {"restore", folder.file(file)});
    CAPTURE(back.describe());
    CHECK(back.exit_code == 0);
  }
  CHECK(digest(server) == before);
}

TEST_CASE("invalidate tags: with a key prefix, sets and members are found behind it") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill(server, "app:a:", 10);
  fill(server, "a:", 10);
  // As the application stored them: without the prefix.
  tag(server, "app:tag:t", "a:", 5);
  tag(server, "app:cachetag:t", "a:", 10);
  tag(server, "tag:t", "a:", 10);
  const auto run = invalidated(server, {"--tag", "t", "--key-prefix", "app:"});
  CHECK(run.exit_code == 0);
  CHECK(run.json["tags_removed"] == 2);
  CHECK(run.json["removed"] == 10);
  auto left = names("a:", 10);
  left.insert("tag:t");
  CHECK(keys_at(server) == left);
}

TEST_CASE("invalidate tags: members that are hostile names are removed, and they alone") {
  RCACHE_NEED_SERVER("redis");
  using namespace std::string_literals;
  Server server;
  for (const auto& name : {"nul\0x"s, "line\nkeep"s, "*"s, "a[b]"s, "\xff\xfe"s, ""s, "--all"s,
                           std::string(100'000, 'n')}) {
    server.command({"SET", name, "1"});
    server.command({"SADD", "tag:t", name});
  }
  for (const char* name : {"keep", "nul", "ab", "line"}) server.command({"SET", name, "1"});
  CHECK(invalidated(server, {"--tag", "t"}).json["removed"] == 8);
  CHECK(keys_at(server) == KeySet{"keep", "nul", "ab", "line"});
}

TEST_CASE("invalidate tags: 20,000 members, with and without a backup") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  const TempDir folder;
  for (const bool saving : {false, true}) {
    CAPTURE(saving);
    fill(server, "a:", 19'000);
    fill(server, "b:", 100);
    tag(server, "tag:t", "a:", 20'000);
    server.command({"PEXPIREAT", "tag:t", "4102444800123"});
    std::vector<std::string> words{"--tag", "t"};
    if (saving) words.insert(words.end(), {"--backup", folder.file("b")});
    const auto run = invalidated(server, words);
    CHECK(run.exit_code == 0);
    CHECK(run.json["removed"] == 19'000);
    CHECK(run.json["gone"] == 1'000);
    CHECK(run.json["tags_removed"] == 1);
    CHECK(keys_at(server) == names("b:", 100));
  }
  const auto saved = read_backup(folder.file("b"));
  REQUIRE(saved);
  CHECK(saved->values.size() == 19'000);
  CHECK(saved->members.at("tag:t") == names("a:", 20'000));
}

TEST_CASE("invalidate tags: a member that is added meanwhile is not lost") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill(server, "a:", 5000);
  tag(server, "tag:t", "a:", 5000);
  Relay relay(server.address(), Listen::unix_socket);
  relay.set(Direction::down, {.delay = std::chrono::milliseconds{2}});
  Program program(invalidate_with(relay.url(), {"--tag", "t", "--yes", "-o", "json"}));
  wait_until("the first removal", [&] {
    program.so_far();
    return server.command({"DBSIZE"}).integer < 5001;
  });
  RawClient writer(server.address());
  for (int i = 0; program.running(); ++i) {
    const auto key = "new:" + std::to_string(i);
    writer.pipeline({{"MULTI"}, {"SET", key, "1"}, {"SADD", "tag:t", key}, {"EXEC"}});
  }
  const auto& result = program.wait();
  CAPTURE(result.describe());
  CHECK(result.exit_code == 0);
  const auto left = with_prefix(keys_at(server), "new:");
  CHECK(with_prefix(keys_at(server), "a:").empty());
  // Whatever is there is in its tag: the next invalidation reaches it.
  CHECK(with_prefix(members_of(server, "tag:t"), "new:") == left);
}

TEST_CASE("invalidate tags: a member that may not be removed stays in its set") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  add_user(server, "ops", {"~a:*", "~tag:*", "~cachetag:*", "+@all"});
  fill(server, "a:", 5);
  fill(server, "other:", 5);
  tag(server, "tag:t", "a:", 5);
  tag(server, "tag:t", "other:", 5);
  const auto result = invalidate(server, as_user("ops", {"--tag", "t", "--yes", "-o", "json"}));
  CHECK(result.exit_code == 4);
  const auto json = receipt_in(result);
  CHECK(json["removed"] == 5);
  CHECK(json["failed"] == 5);
  const auto members = members_of(server, "tag:t");
  for (const auto& key : names("other:", 5)) CHECK(members.contains(key));
}

}  // namespace rcache::test
