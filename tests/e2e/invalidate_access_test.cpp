// `rcache invalidate`: users who may do some of it, and servers that forbid commands.
#include <list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "e2e/invalidate.h"
#include "support/skip.h"

namespace rcache::test {
namespace {

/// The rights that the documentation lists for a run that removes, without its key patterns.
const Words k_remover = {
    "resetchannels", "-@all",   "+ping",        "+hello",          "+auth",      "+select",
    "+info",         "+dbsize", "+scan",        "+sscan",          "+scard",     "+type",
    "+ttl",          "+pttl",   "+pexpiretime", "+exists",         "+role",      "+time",
    "+unlink",       "+srem",   "+wait",        "+client|setname", "+client|id", "+memory|usage"};
const Words k_saver = {"+dump", "+restore", "+watch", "+unwatch", "+multi", "+exec", "+discard"};

Words operator+(Words left, const Words& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

Run invalidated_as(const Server& server, const std::string& user, std::vector<std::string> words) {
  return invalidated(server, as_user(user, std::move(words)));
}

}  // namespace

TEST_CASE("invalidate access: the documented rights are enough, for each way to remove") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  const TempDir folder;
  add_user(server, "ops", k_remover + Words{"~a:*", "~tag:*", "~cachetag:*"});
  add_user(server, "saver", k_remover + k_saver + Words{"~a:*", "~tag:*", "~cachetag:*"});
  add_user(server, "expirer", k_remover + Words{"~a:*", "-unlink", "+pexpire"});
  fill(server, "a:", 600);
  fill(server, "b:", 5);
  CHECK(invalidated_as(server, "expirer", {"a:*", "--expire-in", "1h"}).json["expiring"] == 600);
  CHECK(invalidated_as(server, "ops", {"a:*", "--verify", "--max-keys", "600"}).json["removed"] ==
        600);
  fill(server, "a:", 600);
  server.command({"SADD", "tag:t", "a:1", "a:2"});
  CHECK(invalidated_as(server, "ops", {"--tag", "t"}).json["tags_removed"] == 1);
  const auto saved = invalidated_as(server, "saver", {"a:*", "--backup", folder.file("b")});
  CHECK(saved.exit_code == 0);
  CHECK(saved.json["removed"] == 598);
  CHECK(saved.json["backup_records"] == 598);
  CHECK(keys_at(server) == names("b:", 5));
}

TEST_CASE("invalidate access: who may only read is refused in the server's words") {
  RCACHE_NEED_SERVER("redis");
  Server server({.arguments = k_with_debug});
  fill(server, "a:", 50);
  add_user(server, "reader", {"~*", "+@read", "+@connection", "+info", "+scan"});
  const auto before = digest(server);
  check_refused(invalidate(server, as_user("reader", {"a:*", "--yes"})), 3, "'del'");
  CHECK(digest(server) == before);
}

TEST_CASE("invalidate access: keys outside the user's patterns fail, all others go") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  add_user(server, "ops", k_remover + k_saver + Words{"~a:mine*"});
  const TempDir folder;
  for (const bool saving : {false, true}) {
    CAPTURE(saving);
    fill(server, "a:mine", 700);
    fill(server, "a:other", 30);
    std::vector<std::string> words{"a:*"};
    if (saving) words.insert(words.end(), {"--backup", folder.file("backup")});
    words.insert(words.end(), {"--yes", "-o", "json"});
    const auto result = invalidate(server, as_user("ops", words));
    CHECK(result.exit_code == 4);
    const auto json = receipt_in(result);
    CHECK(json["removed"] == 700);
    CHECK(json["failed"] == 30);
    CHECK(json["reason"] == "failed-keys");
    REQUIRE(json["failures"].size() == 20);
    CHECK(contains(json["failures"][0]["why"].get<std::string>(), "NOPERM"));
    CHECK(keys_at(server) == names("a:other", 30));
  }
}

TEST_CASE("invalidate access: where UNLINK is forbidden, DEL does it") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  const TempDir folder;
  add_user(server, "nolink", {"~*", "+@all", "-unlink"});
  fill(server, "a:", 700);
  const auto run = invalidated_as(server, "nolink", {"a:*"});
  CHECK(run.exit_code == 0);
  CHECK(run.json["how"] == "del");
  CHECK(run.json["removed"] == 700);
  fill(server, "a:", 700);
  const auto saved = invalidated_as(server, "nolink", {"a:*", "--backup", folder.file("b")});
  CHECK(saved.exit_code == 0);
  CHECK(saved.json["how"] == "del");
  CHECK(saved.json["removed"] == 700);
  CHECK(keys_at(server).empty());
}

TEST_CASE("invalidate access: a server without UNLINK at all is no obstacle") {
  RCACHE_NEED_SERVER("redis");
  Server server({.arguments = {"--rename-command", "UNLINK", ""}});
  fill(server, "a:", 10);
  const auto run = invalidated(server, {"a:*"});
  CHECK(run.exit_code == 0);
  CHECK(run.json["how"] == "del");
  CHECK(keys_at(server).empty());
}

TEST_CASE("invalidate access: nothing but the core is needed: managed services forbid the rest") {
  RCACHE_NEED_SERVER("redis");
  std::vector<std::string> arguments;
  for (const char* name : {"CONFIG", "CLIENT", "COMMAND", "ACL", "DEBUG", "MONITOR", "MEMORY",
                           "OBJECT", "ROLE", "CLUSTER", "LASTSAVE", "SAVE", "EVAL"})
    arguments.insert(arguments.end(), {"--rename-command", name, ""});
  Server server({.arguments = arguments});
  const TempDir folder;
  fill(server, "a:", 600);
  CHECK(invalidated(server, {"a:*", "--dry-run"}).json["matched"] == 600);
  const auto saved = invalidated(server, {"a:1*", "--backup", folder.file("b")});
  CHECK(saved.exit_code == 0);
  const auto run = invalidated(server, {"a:*", "--verify", "--max-latency", "1s"});
  CHECK(run.exit_code == 0);
  CHECK(keys_at(server).empty());
}

TEST_CASE("invalidate access: who may not SCAN is told so") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill(server, "a:", 5);
  add_user(server, "blind", {"~*", "+@all", "-scan"});
  check_refused(invalidate(server, as_user("blind", {"a:*", "--yes"})), 3, "'scan'");
  check_refused(invalidate(server, as_user("blind", {"a:*", "--dry-run"})), 3, "'scan'");
  CHECK(keys_at(server).size() == 5);
}

TEST_CASE("invalidate access: what cannot be saved is not removed") {
  RCACHE_NEED_SERVER("redis");
  Server server({.arguments = k_with_debug});
  fill(server, "a:", 600);
  const auto before = digest(server);
  struct Case {
    std::string user;
    std::string mode;
    std::string without;
  };
  for (const auto& c : {Case{"nodump", "exact", "dump"}, Case{"nodumpfast", "fast", "dump"},
                        Case{"nowatch", "exact", "watch"}, Case{"noexec", "exact", "exec"}}) {
    CAPTURE(c.user);
    const TempDir folder;
    add_user(server, c.user, {"~*", "&*", "+@all", "-" + c.without});
    const auto result = invalidate(
        server,
        as_user(c.user, {"a:*", "--yes", "--backup", folder.file("b"), "--backup-mode", c.mode}));
    CAPTURE(result.describe());
    CHECK(result.signal == 0);
    CHECK((result.exit_code == 3 || result.exit_code == 4));
    CHECK(contains(result.out + result.err, "'" + c.without + "'"));
    CHECK(digest(server) == before);
  }
}

TEST_CASE("invalidate access: without MULTI nothing goes outside a transaction") {
  RCACHE_NEED_SERVER("redis");
  Server server({.arguments = k_with_debug});
  fill(server, "a:", 600);
  const auto before = digest(server);
  const TempDir folder;
  add_user(server, "nomulti", {"~*", "&*", "+@all", "-multi"});
  const auto result = invalidate(
      server, as_user("nomulti", {"a:*", "--yes", "--backup", folder.file("b"), "-o", "json"}));
  CAPTURE(result.describe());
  CHECK((result.exit_code == 3 || result.exit_code == 4));
  CHECK(contains(result.out + result.err, "'multi'"));
  CHECK(digest(server) == before);
  if (!result.out.empty())
    CHECK(receipt_in(result)["removed"] == 600 - server.command({"DBSIZE"}).integer);
}

TEST_CASE("invalidate access: without PEXPIRETIME or TIME no expiry is lost") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  add_user(server, "ops", {"~*", "+@all", "-pexpiretime"});
  server.command({"SET", "a:ttl", "1", "PX", "100000"});
  server.command({"SET", "a:none", "1"});
  const TempDir folder;
  const auto result = invalidate(
      server, as_user("ops", {"a:*", "--yes", "-o", "json", "--backup", folder.file("b")}));
  const auto saved = read_backup(folder.file("b"));
  REQUIRE(saved);
  const auto left = keys_at(server);
  for (const std::string key : {"a:ttl", "a:none"}) {
    CAPTURE(key);
    if (left.contains(key)) {
      CHECK(result.exit_code == 4);
    } else {
      REQUIRE(saved->values.contains(key));
      CHECK(saved->values.at(key).expires_unix_ms.has_value() == (key == "a:ttl"));
    }
  }
}

TEST_CASE("invalidate access: rights that are lost midway leave an exact receipt") {
  RCACHE_NEED_SERVER("redis");
  struct Victim {
    Victim(Words what, bool with_backup) : loss(std::move(what)), saving(with_backup) {}
    Words loss;
    bool saving;
    Server server;
    TempDir folder;
    std::optional<Program> program;
  };
  std::list<Victim> victims;  // side by side: each takes as long as its retries do
  for (const bool saving : {false, true}) {
    for (const auto& loss : {Words{"-unlink", "-del"}, {"-scan"}, {"resetkeys", "~a:1*"}, {"off"}})
      victims.emplace_back(loss, saving);
  }
  for (auto& victim : victims) {
    add_user(victim.server, "ops", {"~*", "+@all"});
    fill(victim.server, "a:", 2000);
    auto words = as_user("ops", {"a:*", "--yes", "-o", "json", "--rate", "1000", "--count", "20"});
    if (victim.saving) words.insert(words.end(), {"--backup", victim.folder.file("backup")});
    victim.program.emplace(invalidate_with(victim.server.url(), words));
    wait_until("the first removal", [&] {
      victim.program->so_far();
      return victim.server.command({"DBSIZE"}).integer < 2000;
    });
    Words change{"ACL", "SETUSER", "ops"};
    change.insert(change.end(), victim.loss.begin(), victim.loss.end());
    victim.server.command(change);
    if (victim.loss[0] == "off") victim.server.command({"CLIENT", "KILL", "USER", "ops"});
  }
  for (auto& victim : victims) {
    CAPTURE(victim.loss[0]);
    CAPTURE(victim.saving);
    const auto& result = victim.program->wait();
    CAPTURE(result.describe());
    const auto left = keys_at(victim.server);
    const auto went = 2000 - left.size();
    CHECK(result.exit_code == 4);
    CHECK_FALSE(left.empty());
    const auto json = receipt_in(result);
    CHECK(json["complete"] == false);
    CHECK(json["removed"].get<std::size_t>() <= went);
    CHECK(json["removed"].get<std::size_t>() + json["uncertain"].get<std::size_t>() >= went);
    if (!victim.saving) continue;
    const auto saved = read_backup(victim.folder.file("backup"));
    REQUIRE(saved);
    for (const auto& key : names("a:", 2000))
      if (!left.contains(key)) CHECK(saved->values.contains(key));
  }
}

}  // namespace rcache::test
