// `rcache invalidate`: which keys go, which stay, and what it asks for before it begins.
#include <sys/stat.h>

#include <string>
#include <vector>

#include "e2e/invalidate.h"
#include "support/skip.h"

namespace rcache::test {
namespace {

/// A config file with this profile, for --config.
std::string profile_file(const TempDir& folder, const Server& server, const std::string& name,
                         const std::string& more) {
  return folder.write("config.toml",
                      "[profile." + name + "]\nurl = \"" + server.url() + "\"\n" + more + "\n");
}

ProgramResult with_profile(const std::string& config, const std::string& name,
                           std::vector<std::string> words) {
  words.insert(words.begin(), {"invalidate", "--config", config, "--profile", name});
  return run_rcache(std::move(words));
}

}  // namespace

TEST_CASE("invalidate: exactly the keys that the pattern matches go, whatever the glob") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  const KeySet all = {"hallo", "hello", "hxllo",  "h*llo", "hllo", "heello", "a:1",
                      "a:2",   "a:3",   "a:\\*:", "a:*",   "",     "A:1",    "xa:1"};
  struct Case {
    std::string pattern;
    KeySet gone;
  };
  const Case cases[] = {
      {"h?llo", {"hallo", "hello", "hxllo", "h*llo"}},
      {"h*llo", {"hallo", "hello", "hxllo", "h*llo", "hllo", "heello"}},
      {"h\\*llo", {"h*llo"}},
      {"h[ae]llo", {"hallo", "hello"}},
      {"h[^e]llo", {"hallo", "hxllo", "h*llo"}},
      {"a:[1-2]", {"a:1", "a:2"}},
      {"a:2", {"a:2"}},
      {"a:*", {"a:1", "a:2", "a:3", "a:\\*:", "a:*"}},
      {"*:1", {"a:1", "A:1", "xa:1"}},
      {"?", {}},
  };
  for (const auto& c : cases) {
    CAPTURE(c.pattern);
    for (const auto& key : all) server.command({"SET", key, "1"});
    const auto run = invalidated(server, {c.pattern});
    CHECK(run.exit_code == 0);
    KeySet left = all;
    for (const auto& key : c.gone) left.erase(key);
    CHECK(keys_at(server) == left);
    CHECK(run.json["removed"] == c.gone.size());
    CHECK(run.json["complete"] == true);
  }
}

TEST_CASE("invalidate: several patterns are one pass, and a key that two match counts once") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill(server, "a:", 1500);
  fill(server, "b:", 1500);
  fill(server, "c:", 1500);
  const auto run = invalidated(server, {"a:*", "b:*", "a:1*"});
  CHECK(run.exit_code == 0);
  CHECK(run.json["removed"] == 3000);
  CHECK(run.json["matched"] == 3000);
  CHECK(run.json["scanned"] == 4500);
  CHECK(run.json["passes"] == 1);
  CHECK(keys_at(server) == names("c:", 1500));
}

TEST_CASE("invalidate: what is excluded is not meant, what is protected is counted and stays") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill(server, "a:", 30);
  const auto run = invalidated(server, {"a:*", "--exclude", "a:1?", "--protect", "a:2?",
                                        "--protect", "a:15", "--exclude", "a:3"});
  CHECK(run.exit_code == 0);
  CHECK(run.json["protected"] == 10);
  CHECK(run.json["removed"] == 9);
  CHECK(run.json["matched"] == 19);
  CHECK(keys_at(server).size() == 21);
  CHECK(keys_at(server).contains("a:3"));
  CHECK(keys_at(server).contains("a:29"));
}

TEST_CASE("invalidate: protected keys are counted once in a table that shrinks under the scan") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill(server, "a:", 30'000);
  const auto run = invalidated(server, {"a:*", "--protect", "a:*7", "--count", "50"});
  CHECK(run.exit_code == 0);
  CHECK(run.json["matched"] == 30'000);
  CHECK(run.json["protected"] == 3'000);
  CHECK(run.json["removed"] == 27'000);
  CHECK(keys_at(server).size() == 3'000);
}

TEST_CASE("invalidate: what a profile protects stays, also against the pattern and --all") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill(server, "a:", 5);
  fill(server, "session:", 5);
  const TempDir folder;
  const auto config = profile_file(folder, server, "staging", "protect = [\"session:*\", \"a:1\"]");
  const auto result = with_profile(config, "staging", {"*", "--all", "--yes", "-o", "json"});
  CHECK(result.exit_code == 0);
  CHECK(receipt_in(result)["protected"] == 6);
  auto left = names("session:", 5);
  left.insert("a:1");
  CHECK(keys_at(server) == left);
}

TEST_CASE("invalidate: --type leaves keys of other types") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill(server, "a:string", 3);
  server.command({"RPUSH", "a:list", "1"});
  server.command({"HSET", "a:hash", "f", "1"});
  server.command({"XADD", "a:stream", "*", "f", "1"});
  CHECK(invalidated(server, {"a:*", "--type", "hash"}).json["removed"] == 1);
  CHECK_FALSE(keys_at(server).contains("a:hash"));
  CHECK(invalidated(server, {"a:*", "--type", "stream"}).json["removed"] == 1);
  CHECK(invalidated(server, {"a:*", "--type", "string"}).json["removed"] == 3);
  CHECK(keys_at(server) == KeySet{"a:list"});
}

TEST_CASE("invalidate: only the chosen database is touched") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill(server, "a:", 5);
  RawClient other(server.address());
  other.command({"SELECT", "3"});
  other.command({"SET", "a:1", "1"});
  CHECK(invalidated(server, {"a:*", "-n", "3"}).json["removed"] == 1);
  CHECK(other.command({"DBSIZE"}).integer == 0);
  CHECK(keys_at(server) == names("a:", 5));
}

TEST_CASE("invalidate: a dry run changes nothing and sends no command that could") {
  RCACHE_NEED_SERVER("redis");
  Server server({.arguments = k_with_debug});
  fill(server, "a:", 1500);
  for (const char* member : {"a:1", "a:2", "dead"}) server.command({"SADD", "tag:t", member});
  add_user(server, "reader", {"~*", "+@read", "+@connection", "+info", "+scan", "+sscan", "+role"});
  const auto before = digest(server);
  server.command({"CONFIG", "RESETSTAT"});
  const TempDir folder;
  const auto result = invalidate(
      server, as_user("reader", {"a:*", "--tag", "t", "--dry-run", "--backup", folder.file("b"),
                                 "--publish", "channel", "-o", "json"}));
  CHECK(result.exit_code == 0);
  const auto json = receipt_in(result);
  CHECK(json["dry_run"] == true);
  CHECK(json["reason"] == "dry-run");
  CHECK(json["removed"] == 0);
  CHECK(json["tags_removed"] == 0);
  CHECK(digest(server) == before);
  CHECK(read_file(folder.file("b")).empty());
  const std::set<std::string> harmless = {"auth", "hello",  "info",  "scan", "sscan",
                                          "type", "pttl",   "role",  "ping", "debug",
                                          "time", "dbsize", "select"};
  for (const auto& line : lines_of(server.command({"INFO", "commandstats"}).text)) {
    if (!line.starts_with("cmdstat_")) continue;
    const auto name = line.substr(8, line.find(':') - 8);
    CAPTURE(name);
    CHECK((harmless.contains(name) || name.starts_with("client|") || name.starts_with("config|") ||
           name.starts_with("cluster|") || name == "command"));
  }
}

TEST_CASE("invalidate: a dry run counts what a run then removes") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill(server, "a:", 700);
  fill(server, "b:", 300);
  const auto look = invalidate(server, {"a:*", "--protect", "a:1?", "--dry-run", "-o", "json"});
  CHECK(receipt_in(look)["matched"] == 700);
  CHECK(receipt_in(look)["protected"] == 10);
  const auto text = invalidate(server, {"a:*", "--protect", "a:1?", "--dry-run"});
  CHECK(text.exit_code == 0);
  CHECK(text.err.empty());
  CHECK(contains(text.out, "would remove 690 of 1,000 keys\n"));
  CHECK(contains(text.out, "dry run: nothing was removed"));
  CHECK(invalidated(server, {"a:*", "--protect", "a:1?"}).json["removed"] == 690);
}

TEST_CASE("invalidate: what is not agreed to is refused with 5, and nothing is touched") {
  RCACHE_NEED_SERVER("redis");
  Server server({.arguments = k_with_debug});
  fill(server, "a:", 5);
  const TempDir folder;
  const auto config = profile_file(folder, server, "prod", "production = true");
  const auto before = digest(server);
  struct Case {
    std::vector<std::string> words;
    std::string part;
  };
  const Case cases[] = {
      {{"a:*"}, "--yes"},
      {{"a:*", "-o", "json"}, "--yes"},
      {{"*", "--yes"}, "--all"},
      {{"**", "--yes"}, "--all"},
      {{"a:*", "*", "--yes"}, "--all"},
      {{"?*", "--yes"}, "--all"},
      {{"a:*", "--yes=prod"}, "no profile"},
  };
  for (const auto& c : cases) {
    check_refused(invalidate(server, c.words), 5, c.part);
  }
  check_refused(with_profile(config, "prod", {"a:*"}), 5, "--yes=prod");
  check_refused(with_profile(config, "prod", {"a:*", "--yes"}), 5, "--yes=prod");
  check_refused(with_profile(config, "prod", {"a:*", "--yes=staging"}), 5, "prod");
  CHECK(digest(server) == before);
  CHECK(with_profile(config, "prod", {"a:*", "--yes=prod"}).exit_code == 0);
  CHECK(keys_at(server).empty());
}

TEST_CASE("invalidate: --max-keys is a cap on what goes, not on what matches") {
  RCACHE_NEED_SERVER("redis");
  Server server({.arguments = k_with_debug});
  fill(server, "a:", 20);
  const auto before = digest(server);
  const auto refused = invalidate(server, {"a:*", "--yes", "--max-keys", "19", "-o", "json"});
  CHECK(refused.exit_code == 5);
  const auto json = Json::parse(refused.out);
  CHECK(json["reason"] == "max-keys");
  CHECK(json["complete"] == false);
  CHECK(json["removed"] == 0);
  CHECK(digest(server) == before);
  const auto text = invalidate(server, {"a:*", "--yes", "--max-keys", "0"});
  CHECK(text.exit_code == 5);
  CHECK(contains(text.out, "nothing was removed"));
  CHECK(digest(server) == before);
  CHECK(invalidated(server, {"a:*", "--max-keys", "18", "--protect", "a:1", "--exclude", "a:2"})
            .json["removed"] == 18);
  CHECK(keys_at(server) == KeySet{"a:1", "a:2"});
}

TEST_CASE("invalidate: nothing to do is done") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  for (const auto& words : {std::vector<std::string>{"a:*"}, {"a:1"}, {"*", "--all"}}) {
    const auto run = invalidated(server, words);
    CHECK(run.exit_code == 0);
    CHECK(run.json["complete"] == true);
    CHECK(run.json["matched"] == 0);
    CHECK(run.json["scanned"] == 0);
    CHECK(run.json["groups"] == Json::array());
  }
  const auto text = invalidate(server, {"a:*", "--yes"});
  CHECK(text.exit_code == 0);
  CHECK(contains(text.out, "nothing matches"));
  CHECK(text.err.empty());
}

TEST_CASE("invalidate: --all with * empties the database") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill(server, "a:", 6000);
  CHECK(invalidated(server, {"*", "--all"}).json["removed"] == 6000);
  CHECK(keys_at(server).empty());
}

TEST_CASE("invalidate: --verify proves that nothing is left") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill(server, "a:", 3000);
  const auto run = invalidated(server, {"a:*", "--verify", "--protect", "a:1??"});
  CHECK(run.exit_code == 0);
  CHECK(run.json["verified_left"] == 0);
  CHECK(run.json["removed"] == 2900);
  CHECK(run.json["protected"] == 100);
}

TEST_CASE("invalidate: --verify does not count keys of a node twice") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill(server, "a:", 300);
  const auto run = invalidated(server, {"a:*", "--verify", "--protect", "a:1??"});
  CHECK(run.json["matched"] == 300);
  CHECK(run.json["nodes"][0]["matched"] == 300);
}

TEST_CASE("invalidate: the key prefix stands before patterns and globs, and is not shown") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill(server, "app:a:", 12);
  fill(server, "a:", 12);
  const auto run = invalidated(server, {"a:*", "--key-prefix", "app:", "--protect", "a:1?",
                                        "--exclude", "a:3", "--print-keys"});
  CHECK(run.exit_code == 0);
  CHECK(run.json["removed"] == 9);
  CHECK(run.json["protected"] == 2);
  CHECK(run.json["keys"].size() == 9);
  for (const auto& key : run.json["keys"]) CHECK(key.get<std::string>().starts_with("a:"));
  CHECK(run.json["groups"][0]["pattern"] == "a:*");
  CHECK(keys_at(server).size() == 12 + 3);
}

TEST_CASE("invalidate: a pattern that would match behind a prefix is hinted at") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill(server, "app:contacts:", 5);
  const auto forgotten = invalidate(server, {"contacts:*", "--yes"});
  CHECK(forgotten.exit_code == 0);
  CHECK(contains(forgotten.err, "did you mean 'app:contacts:*'?"));
  const auto twice = invalidate(server, {"app:contacts:*", "--yes", "--key-prefix", "app:"});
  CHECK(contains(twice.err, "has it already"));
  CHECK(keys_at(server).size() == 5);
}

TEST_CASE("invalidate: --publish tells who listens, once it is done and not before") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill(server, "a:", 5);
  server.command({"SADD", "tag:t", "b:1"});
  RawClient listener(server.address());
  listener.command({"SUBSCRIBE", "stale"});
  CHECK(invalidate(server, {"a:*", "--publish", "stale", "--yes", "--max-keys", "1"}).exit_code ==
        5);
  const auto run = invalidated(server, {"a:*", "c:*", "--tag", "t", "--publish", "stale"});
  CHECK(run.exit_code == 0);
  CHECK(run.json["published"] == Json{"a:*", "c:*", "t"});
  // Each PING reads the next thing that came: had the refused run published, it would be the first.
  for (const char* message : {"a:*", "c:*", "t"})
    CHECK(listener.command({"PING"})[2].text == message);
}

TEST_CASE("invalidate: what cannot be meant is a usage error before any server is asked") {
  struct Case {
    std::vector<std::string> words;
    std::string part;
  };
  const Case cases[] = {
      {{"--yes"}, "a pattern is missing"},
      {{"a:*", "--spread", "60s", "--expire-in", "5s"}, "--spread"},
      {{"a:*", "--spread", "0"}, "--spread"},
      {{"a:*", "--expire-in", "soon"}, "--expire-in"},
      {{"a:*", "--expire-in", "5s", "--verify"}, "--verify"},
      {{"a:*", "--type", "strin"}, "--type"},
      {{"--tag", "t", "--type", "hash"}, "--type"},
      {{"--tag", ""}, "--tag"},
      {{"a:*", "--count", "0"}, "--count"},
      {{"a:*", "--count", "-1"}, "--count"},
      {{"a:*", "--rate", "0"}, "--rate"},
      {{"a:*", "--rate", "-5"}, "--rate"},
      {{"a:*", "--rate", "fast"}, "--rate"},
      {{"a:*", "--max-keys", "-1"}, "--max-keys"},
      {{"a:*", "--max-keys", "many"}, "--max-keys"},
      {{"a:*", "--wait", "0"}, "--wait"},
      {{"a:*", "--max-latency", "0"}, "--max-latency"},
      {{"a:*", "--backup-mode", "slow"}, "--backup-mode"},
      {{"a:*", "--backup-max-value", "big"}, "--backup-max-value"},
      {{"a:*", "-0", "-o", "json"}, "-0"},
      {{"a:*", "-o", "prometheus"}, "prometheus"},
      {{"a:*", "--frobnicate"}, "--frobnicate"},
      {{"", "--yes"}, "pattern"},
      {{"a:*", std::string(1025, 'a'), "--yes"}, "pattern"},
      {{"a:*", "--exclude", std::string(65, '*') + "a", "--yes"}, "--exclude"},
      {{"a:*", "--protect", "", "--yes"}, "--protect"},
  };
  for (const auto& c : cases) {
    std::vector<std::string> words{"invalidate", "-u", "unix:///nonexistent/socket"};
    words.insert(words.end(), c.words.begin(), c.words.end());
    check_refused(run_rcache(words), 2, c.part);
  }
}

TEST_CASE("invalidate: a server that is not there is 3, and a replica is refused") {
  check_refused(run_rcache({"invalidate", "-u", "unix:///nonexistent/socket", "a:*", "--yes"}), 3,
                "/nonexistent/socket");
  RCACHE_NEED_SERVER("redis");
  Server primary({.listen = Listen::tcp, .arguments = {"--repl-diskless-sync-delay", "0"}});
  Server replica({.arguments = {"--replicaof", "127.0.0.1", std::to_string(primary.port())}});
  wait_until("the replica", [&] { return replica.info("master_link_status") == "up"; });
  primary.command({"SET", "a:1", "1"});
  check_refused(invalidate(replica, {"a:*", "--yes"}), 5, "is a replica");
  CHECK(primary.command({"DBSIZE"}).integer == 1);
}

}  // namespace rcache::test
