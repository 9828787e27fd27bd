// `rcache invalidate --spread` and `--expire-in`: keys are given a TTL and not removed.
#include <set>
#include <string>
#include <vector>

#include "e2e/invalidate.h"
#include "support/skip.h"

namespace rcache::test {
namespace {

long long pttl(Server& server, const std::string& key) {
  return server.command({"PTTL", key}).integer;
}

}  // namespace

TEST_CASE("invalidate expiry: --spread gives each key its own moment within the window") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill(server, "a:", 1000);
  fill(server, "b:", 10);
  const auto run = invalidated(server, {"a:*", "--spread", "1h"});
  CHECK(run.exit_code == 0);
  CHECK(run.json["expiring"] == 1000);
  CHECK(run.json["removed"] == 0);
  CHECK(run.json["spread_seconds"] == 3600);
  CHECK(run.json["how"] == "expire");
  CHECK(run.json["complete"] == true);
  std::set<long long> minutes;
  for (const auto& key : names("a:", 1000)) {
    const auto left = pttl(server, key);
    // One that was given very little may be gone by now.
    CHECK((left == -2 || (left >= 0 && left <= 3'600'000)));
    minutes.insert(left / 60'000);
  }
  CHECK(minutes.size() > 50);  // of 60
  for (const auto& key : names("b:", 10)) CHECK(pttl(server, key) == -1);
}

TEST_CASE("invalidate expiry: --expire-in is one delay, and a shorter TTL is kept") {
  RCACHE_NEED_SERVER("redis");
  for (const char* mode : {"--expire-in", "--spread"}) {
    CAPTURE(mode);
    Server server;
    fill(server, "a:", 3);
    server.command({"PEXPIRE", "a:0", "500000"});
    server.command({"PEXPIRE", "a:1", "90000000"});
    server.command({"SET", "a:short", "1", "PX", "1"});
    const auto expires_at = server.command({"PEXPIRETIME", "a:0"}).integer;
    wait_until("its end", [&] { return pttl(server, "a:short") == -2; });
    const auto run = invalidated(server, {"a:*", mode, "1000s", "--protect", "a:2"});
    CHECK(run.exit_code == 0);
    CHECK(run.json["expiring"] == 2);
    CHECK(run.json["protected"] == 1);
    CHECK(pttl(server, "a:1") <= 1'000'000);
    CHECK(pttl(server, "a:2") == -1);
    if (std::string(mode) == "--expire-in") {
      CHECK(server.command({"PEXPIRETIME", "a:0"}).integer == expires_at);
      CHECK(pttl(server, "a:1") > 500'000);
    } else {
      CHECK(server.command({"PEXPIRETIME", "a:0"}).integer <= expires_at);
    }
  }
}

TEST_CASE("invalidate expiry: run again it never gives a key more time") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill(server, "a:", 200);
  invalidated(server, {"a:*", "--spread", "1h"});
  std::map<std::string, long long> before;
  for (const auto& key : keys_at(server))
    before[key] = server.command({"PEXPIRETIME", key}).integer;
  CHECK(invalidated(server, {"a:*", "--spread", "1h"}).exit_code == 0);
  CHECK(invalidated(server, {"a:*", "--expire-in", "2h"}).exit_code == 0);
  for (const auto& [key, at] : before) {
    const auto now = server.command({"PEXPIRETIME", key}).integer;
    CHECK((now == -2 || now <= at));
  }
}

TEST_CASE("invalidate expiry: with --backup the old expiry is in the file") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  const TempDir folder;
  fill(server, "a:", 600);
  server.command({"PEXPIREAT", "a:7", "4102444800123"});
  const auto run =
      invalidated(server, {"a:*", "--expire-in", "1h", "--backup", folder.file("backup")});
  CHECK(run.exit_code == 0);
  CHECK(run.json["expiring"] == 600);
  CHECK(run.json["backup_records"] == 600);
  const auto saved = read_backup(folder.file("backup"));
  REQUIRE(saved);
  CHECK(saved->values.size() == 600);
  CHECK(saved->values.at("a:7").expires_unix_ms == 4102444800123);
  CHECK_FALSE(saved->values.at("a:8").expires_unix_ms);
}

TEST_CASE("invalidate expiry: a user who may not EXPIRE is told so, and nothing changes") {
  RCACHE_NEED_SERVER("redis");
  Server server({.arguments = k_with_debug});
  fill(server, "a:", 10);
  add_user(server, "bob", {"~*", "+@all", "-pexpire", "-expire"});
  const auto before = digest(server);
  const auto result =
      invalidate(server, as_user("bob", {"a:*", "--expire-in", "1h", "--yes", "-o", "json"}));
  CAPTURE(result.describe());
  CHECK(result.exit_code != 0);
  CHECK(contains(result.out + result.err, "pexpire"));
  CHECK(digest(server) == before);
}

TEST_CASE("invalidate expiry: a tag's members expire and the tag keeps them") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill(server, "a:", 20);
  for (const auto& key : names("a:", 20)) server.command({"SADD", "tag:t", key});
  const auto run = invalidated(server, {"--tag", "t", "--expire-in", "1h"});
  CHECK(run.exit_code == 0);
  CHECK(run.json["expiring"] == 20);
  CHECK(run.json["tags_removed"] == 0);
  CHECK(server.command({"SCARD", "tag:t"}).integer == 20);
  CHECK(pttl(server, "tag:t") == -1);
  for (const auto& key : names("a:", 20)) CHECK(pttl(server, key) > 0);
}

TEST_CASE("invalidate expiry: the plan says that keys expire, not that they are removed") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill(server, "a:", 20);
  fill(server, "b:", 20);
  const auto look = invalidate(server, {"a:*", "--spread", "90s", "--dry-run"});
  CAPTURE(look.out);
  CHECK(look.exit_code == 0);
  CHECK(contains(look.out, "would let 20 of 40 keys expire within 1m 30s"));
  CHECK_FALSE(contains(look.out, "would remove"));
}

}  // namespace rcache::test
