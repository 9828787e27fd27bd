// `rcache restore`: what `invalidate --backup` took away comes back as it was, and nothing else
// changes.
#include <string>
#include <vector>

#include "e2e/invalidate.h"
#include "support/skip.h"

namespace rcache::test {
namespace {

ProgramResult restore(const Server& server, std::vector<std::string> words) {
  words.insert(words.begin(), "restore");
  return run_at(server, std::move(words));
}

Run restored(const Server& server, std::vector<std::string> words) {
  words.insert(words.end(), {"--yes", "-o", "json"});
  const auto result = restore(server, std::move(words));
  CAPTURE(result.describe());
  auto json = Json::parse(result.out, nullptr, false);
  REQUIRE_FALSE(json.is_discarded());
  CHECK(json["schema"] == "rcache.restore/1");
  return {result.exit_code, std::move(json)};
}

/// The values and, to the millisecond, the expiry of all keys.
std::map<std::string, std::string> state_of(Server& server) {
  std::map<std::string, std::string> state;
  for (const auto& key : keys_at(server)) {
    state[key] = server.command({"DEBUG", "DIGEST-VALUE", key})[0].text + " " +
                 std::to_string(server.command({"PEXPIRETIME", key}).integer);
  }
  return state;
}

void write_all_types(Server& server) {
  server.pipeline({{"SET", "a:int", "12345"},
                   {"SET", "a:text", "\xff binary"},
                   {"RPUSH", "a:list", "1", "two"},
                   {"SADD", "a:intset", "1", "2"},
                   {"SADD", "a:set", "one", "two"},
                   {"ZADD", "a:zset", "1.5", "one"},
                   {"HSET", "a:hash", "f", "1"},
                   {"XADD", "a:stream", "1-1", "f", "1"},
                   {"XGROUP", "CREATE", "a:stream", "group", "0"},
                   {"PFADD", "a:hyperloglog", "1", "2"},
                   {"SET", "a:\n\x1b[2J", "hostile"},
                   {"PEXPIREAT", "a:hash", "4102444800123"},
                   {"PEXPIREAT", "a:list", "4102444800001"}});
  std::vector<Words> many;
  for (int i = 0; i < 1000; ++i)
    many.push_back({"HSET", "a:large", "field" + std::to_string(i), std::to_string(i)});
  server.pipeline(many);
}

}  // namespace

TEST_CASE("restore: every type comes back, with its expiry to the millisecond") {
  RCACHE_NEED_SERVER("redis");
  Server server({.arguments = k_with_debug});
  const TempDir folder;
  write_all_types(server);
  fill(server, "a:many", 3000);
  fill(server, "b:", 5);
  const auto before = state_of(server);
  REQUIRE(invalidated(server, {"a:*", "--backup", folder.file("b")}).exit_code == 0);
  REQUIRE(keys_at(server).size() == 5);
  const auto run = restored(server, {folder.file("b")});
  CHECK(run.exit_code == 0);
  CHECK(run.json["records"] == before.size() - 5);
  CHECK(run.json["restored"] == before.size() - 5);
  CHECK(run.json["complete"] == true);
  CHECK(state_of(server) == before);
  // Once more: all are there, and none is touched.
  const auto again = restored(server, {folder.file("b")});
  CHECK(again.exit_code == 0);
  CHECK(again.json["existing"] == before.size() - 5);
  CHECK(again.json["restored"] == 0);
  CHECK(state_of(server) == before);
}

TEST_CASE("restore: a key that exists stays, and goes only with --replace") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  const TempDir folder;
  fill(server, "a:", 10);
  REQUIRE(invalidated(server, {"a:*", "--backup", folder.file("b")}).exit_code == 0);
  server.command({"SET", "a:1", "new"});
  server.command({"RPUSH", "a:2", "new"});
  const auto kept = restored(server, {folder.file("b")});
  CHECK(kept.exit_code == 0);
  CHECK(kept.json["restored"] == 8);
  CHECK(kept.json["existing"] == 2);
  CHECK(server.command({"GET", "a:1"}).text == "new");
  const auto replaced = restored(server, {folder.file("b"), "--replace"});
  CHECK(replaced.exit_code == 0);
  CHECK(server.command({"GET", "a:1"}).text == "a:1");
  CHECK(server.command({"GET", "a:2"}).text == "a:2");
}

TEST_CASE("restore: what would have expired meanwhile is skipped, and no live key goes for it") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  const TempDir folder;
  fill(server, "a:", 5);
  server.command({"PEXPIRE", "a:1", "300"});
  server.command({"PEXPIRE", "a:2", "300"});
  REQUIRE(invalidated(server, {"a:*", "--backup", folder.file("b")}).exit_code == 0);
  const auto saved = read_backup(folder.file("b"));
  REQUIRE(saved);
  const auto with_expiry = saved->values.count("a:1") + saved->values.count("a:2");
  wait_until("their end", [&] {
    const auto now = server.command({"TIME"});
    const auto ms = std::stoll(now[0].text) * 1000;
    bool past = true;
    for (const auto& [key, value] : saved->values)
      past = past && (!value.expires_unix_ms || *value.expires_unix_ms < ms);
    return past;
  });
  server.command({"SET", "a:1", "live"});
  const auto run = restored(server, {folder.file("b"), "--replace"});
  CHECK(run.exit_code == 0);
  CHECK(run.json["expired"] == with_expiry);
  CHECK(run.json["restored"] == 3);
  CHECK(server.command({"GET", "a:1"}).text == "live");
  CHECK(server.command({"EXISTS", "a:2"}).integer == 0);
}

TEST_CASE("restore: a dry run and a --match leave the rest alone") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  const TempDir folder;
  fill(server, "a:", 20);
  REQUIRE(invalidated(server, {"a:*", "--backup", folder.file("b")}).exit_code == 0);
  const auto look = restored(server, {folder.file("b"), "--dry-run"});
  CHECK(look.exit_code == 0);
  CHECK(look.json["restored"] == 20);
  CHECK(keys_at(server).empty());
  const auto some = restored(server, {folder.file("b"), "--match", "a:1?"});
  CHECK(some.json["restored"] == 10);
  CHECK(some.json["filtered"] == 10);
  CHECK(keys_at(server).size() == 10);
}

TEST_CASE("restore: a tag and its members come back") {
  RCACHE_NEED_SERVER("redis");
  Server server({.arguments = k_with_debug});
  const TempDir folder;
  fill(server, "a:", 700);
  for (const auto& key : names("a:", 700)) server.command({"SADD", "tag:t", key});
  server.command({"PEXPIREAT", "tag:t", "4102444800123"});
  const auto before = state_of(server);
  REQUIRE(invalidated(server, {"--tag", "t", "--backup", folder.file("b")}).exit_code == 0);
  REQUIRE(keys_at(server).empty());
  // What is left and the time of day, asked apart, would be a millisecond off now and then.
  CHECK_FALSE(contains(server.command({"INFO", "commandstats"}).text, "cmdstat_pttl"));
  const auto run = restored(server, {folder.file("b")});
  CHECK(run.exit_code == 0);
  CHECK(run.json["restored"] == 700);
  CHECK(run.json["tag_members"] == 700);
  CHECK(state_of(server) == before);
}

TEST_CASE("restore: a torn file gives all whole records, and says that it is torn") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  const TempDir folder;
  fill(server, "a:", 50);
  REQUIRE(invalidated(server, {"a:*", "--backup", folder.file("b")}).exit_code == 0);
  const auto whole = read_file(folder.file("b"));
  const auto torn = folder.write("torn", whole.substr(0, whole.size() / 2));
  const auto run = restored(server, {torn});
  CHECK(run.json["restored"] == read_backup(torn)->values.size());
  CHECK(run.json["restored"].get<int>() > 10);
  CHECK(run.json["ended"] == false);
  CHECK(run.json["torn_bytes"].get<int>() > 0);
  // What is behind the tear was never removed by the run that was cut off: nothing is missing.
  CHECK(run.exit_code == 0);
  CHECK(keys_at(server).size() == run.json["restored"]);
}

TEST_CASE("restore: a flipped byte costs its record, is named by its offset, and ends with 4") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  const TempDir folder;
  fill(server, "a:", 20);
  REQUIRE(invalidated(server, {"a:*", "--backup", folder.file("b")}).exit_code == 0);
  const auto whole = read_file(folder.file("b"));
  for (std::size_t at = 200; at + 100 < whole.size(); at += 97) {
    CAPTURE(at);
    auto bytes = whole;
    bytes[at] = static_cast<char>(bytes[at] ^ 0x20);
    const auto run = restored(server, {folder.write("damaged" + std::to_string(at), bytes)});
    CHECK(run.exit_code == 4);
    CHECK(run.json["complete"] == false);
    CHECK(run.json["restored"] == 19);
    CHECK(run.json["damaged"] == 1);
    REQUIRE_FALSE(run.json["failures"].empty());
    CHECK(run.json["failures"][0]["offset"].get<std::size_t>() <= at);
    for (const auto& key : keys_at(server)) CHECK(server.command({"GET", key}).text == key);
    server.command({"FLUSHALL"});
  }
}

TEST_CASE("restore: what is no backup is refused, and what is not agreed to as well") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  const TempDir folder;
  check_refused(restore(server, {folder.file("missing"), "--yes"}), 2, "missing");
  check_refused(restore(server, {folder.write("text", "no backup at all\n"), "--yes"}), 2, "text");
  check_refused(restore(server, {folder.write("empty", ""), "--yes"}), 2, "empty");
  check_refused(restore(server, {folder.path(), "--yes"}), 2, folder.path());
  CHECK(keys_at(server).empty());
}

}  // namespace rcache::test
