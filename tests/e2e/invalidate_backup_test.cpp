// `rcache invalidate --backup`: what is gone is in the file as it was, and what cannot be saved
// stays.
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "e2e/invalidate.h"
#include "support/relay.h"
#include "support/skip.h"

namespace rcache::test {
namespace {

using namespace std::string_literals;

/// One key of every type, and of every way that Redis stores it.
void write_all_types(Server& server) {
  const std::string large(100, 'x');
  server.pipeline({{"SET", "a:int", "12345"},
                   {"SET", "a:text", "with\0nul \xff"s},
                   {"SET", "a:empty", ""},
                   {"SET", "a:large", std::string(200'000, 'y')},
                   {"RPUSH", "a:list", "1", "two", large},
                   {"SADD", "a:intset", "1", "2", "3"},
                   {"SADD", "a:set", "one", large},
                   {"ZADD", "a:zset", "1.5", "one", "-inf", "two"},
                   {"HSET", "a:hash", "f", "1", "g", large},
                   {"XADD", "a:stream", "1-1", "f", "1"},
                   {"XADD", "a:stream", "2-1", "f", "2"},
                   {"XGROUP", "CREATE", "a:stream", "group", "0"},
                   {"XREADGROUP", "GROUP", "group", "me", "COUNT", "1", "STREAMS", "a:stream", ">"},
                   {"PFADD", "a:hyperloglog", "1", "2"},
                   {"SETBIT", "a:bits", "1000", "1"}});
  std::vector<Words> many;
  for (int i = 0; i < 2000; ++i) {
    const auto n = std::to_string(i);
    many.push_back({"HSET", "a:large hash", "field" + n, n});
    many.push_back({"ZADD", "a:large zset", n, "member" + n});
    many.push_back({"SADD", "a:large set", "member" + n});
    many.push_back({"RPUSH", "a:large list", "element" + n});
  }
  server.pipeline(many);
  server.command({"PEXPIREAT", "a:hash", "4102444800123"});
}

std::map<std::string, std::string> digests(Server& server) {
  std::map<std::string, std::string> all;
  for (const auto& key : keys_at(server)) {
    const auto reply = server.command({"DEBUG", "DIGEST-VALUE", key});
    all[key] = reply[0].text;
  }
  return all;
}

void put_back(Server& server, const BackupContent& saved) {
  for (const auto& [key, value] : saved.values) {
    server.command(
        {"RESTORE", key, std::to_string(value.expires_unix_ms.value_or(0)), value.dump, "ABSTTL"});
  }
}

mode_t mode_of(const std::string& path) {
  struct stat about {};
  REQUIRE(::lstat(path.c_str(), &about) == 0);
  return about.st_mode & 07777U;
}

}  // namespace

TEST_CASE("invalidate backup: every type and its expiry is in a new file that is ours alone") {
  RCACHE_NEED_SERVER("redis");
  for (const char* mode : {"exact", "fast"}) {
    CAPTURE(mode);
    Server server({.arguments = k_with_debug});
    const TempDir folder;
    const auto path = folder.file("backup");
    write_all_types(server);
    const auto before = digests(server);
    const auto run =
        invalidated(server, {"a:*", "--backup", path, "--backup-mode", mode, "--verify"});
    CHECK(run.exit_code == 0);
    CHECK(run.json["backup"] == path);
    CHECK(run.json["backup_records"] == before.size());
    CHECK(run.json["backup_bytes"] == read_file(path).size());
    CHECK(keys_at(server).empty());
    CHECK(mode_of(path) == 0600);
    const auto saved = read_backup(path);
    REQUIRE(saved);
    REQUIRE(saved->end);
    CHECK(saved->end->reason == "done");
    CHECK(saved->end->values == before.size());
    CHECK(saved->damaged == 0);
    CHECK(saved->torn_bytes == 0);
    CHECK(saved->values.at("a:hash").expires_unix_ms == 4102444800123);
    put_back(server, *saved);
    CHECK(digests(server) == before);
    CHECK(server.command({"PEXPIRETIME", "a:hash"}).integer == 4102444800123);
    CHECK(server.command({"TTL", "a:list"}).integer == -1);
  }
}

TEST_CASE("invalidate backup: hostile names are saved byte for byte") {
  RCACHE_NEED_SERVER("redis");
  Server server({.arguments = k_with_debug});
  const TempDir folder;
  for (const auto& name : {"nul\0"s, "line\n"s, "\xff\xfe"s, "rcf1rcf1"s, "rcf"s, ""s,
                           std::string(100'000, 'k'), "esc\x1b[2J"s})
    server.command({"SET", "a:" + name, "rcf1" + name});
  const auto before = digests(server);
  CHECK(invalidated(server, {"a:*", "--backup", folder.file("b")}).exit_code == 0);
  put_back(server, *read_backup(folder.file("b")));
  CHECK(digests(server) == before);
}

TEST_CASE("invalidate backup: a file that is there, a link, a directory: refused, all untouched") {
  RCACHE_NEED_SERVER("redis");
  Server server({.arguments = k_with_debug});
  const TempDir folder;
  fill(server, "a:", 10);
  const auto before = digest(server);
  const auto file = folder.write("file", "precious");
  REQUIRE(::symlink("target", folder.file("dangling").c_str()) == 0);
  REQUIRE(::symlink(file.c_str(), folder.file("link").c_str()) == 0);
  REQUIRE(::mkdir(folder.file("directory").c_str(), 0700) == 0);
  for (const char* name : {"file", "dangling", "link", "directory"}) {
    check_refused(invalidate(server, {"a:*", "--yes", "--backup", folder.file(name)}), 2, name);
  }
  const auto nowhere =
      invalidate(server, {"a:*", "--yes", "--backup", folder.file("missing/backup")});
  CAPTURE(nowhere.describe());
  CHECK(nowhere.exit_code != 0);
  CHECK(contains(nowhere.err, "missing"));
  CHECK(digest(server) == before);
  CHECK(read_file(file) == "precious");
  CHECK(::access(folder.file("target").c_str(), F_OK) != 0);
}

TEST_CASE("invalidate backup: protected and excluded keys are not in the file") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  const TempDir folder;
  fill(server, "a:", 30);
  CHECK(invalidated(server,
                    {"a:*", "--protect", "a:1?", "--exclude", "a:2?", "--backup", folder.file("b")})
            .json["backup_records"] == 10);
  CHECK(read_backup(folder.file("b"))->values.size() == 10);
}

TEST_CASE("invalidate backup: a value that was written during the run is never lost") {
  RCACHE_NEED_SERVER("redis");
  for (const bool again : {false, true}) {
    Server server;
    const TempDir folder;
    constexpr int k_keys = 300;
    fill(server, "a:", k_keys);
    Relay relay(server.address(), Listen::unix_socket);
    relay.set(Direction::down, {.delay = std::chrono::milliseconds{1}});
    // Each write says what was there before it: a value that went with a removal is seen as a hole.
    std::atomic<bool> over{false};
    std::map<std::string, std::vector<std::string>> replaced;
    std::thread writer([&] {
      RawClient client(server.address());
      for (int n = 0; !over; ++n) {
        const auto key = "a:" + std::to_string(n % k_keys);
        const auto old = client.command({"SET", key, key + "=" + std::to_string(n), "GET"});
        replaced[key].push_back(old.is_nil() ? "(none)" : old.text);
      }
    });
    auto words = std::vector<std::string>{"a:*",     "--yes", "-o",       "json",
                                          "--count", "10",    "--backup", folder.file("b")};
    if (again) words.push_back("--verify");
    const auto result = run(invalidate_with(relay.url(), words));
    over = true;
    writer.join();
    CAPTURE(result.describe());
    CHECK(result.signal == 0);
    CHECK((result.exit_code == 0 || result.exit_code == 4));
    receipt_in(result);
    // A value that was followed by nothing went with a removal: it has to be in the file.
    const auto saved = read_backup(folder.file("b"));
    REQUIRE(saved);
    const auto left = keys_at(server);
    int holes = 0;
    for (const auto& [key, olds] : replaced) {
      CAPTURE(key);
      KeySet saved_values;
      if (const auto records = saved->all_values.find(key); records != saved->all_values.end())
        for (const auto& value : records->second) saved_values.insert(string_in(server, value));
      auto last = key;
      for (std::size_t i = 0; i < olds.size(); ++i) {
        if (olds[i] == "(none)") {
          ++holes;
          CHECK(saved_values.contains(last));
        } else {
          CHECK(olds[i] == last);
        }
        const auto n = std::stoi(key.substr(2)) + static_cast<int>(i) * k_keys;
        last = key + "=" + std::to_string(n);
      }
      if (!left.contains(key)) CHECK(saved_values.contains(last));
    }
    CHECK(holes > 0);
  }
}

TEST_CASE("invalidate backup: a disk that is full ends it, and nothing unsaved is removed") {
  RCACHE_NEED_SERVER("redis");
  for (const char* mode : {"exact", "fast"}) {
    for (const char* blocks : {"0", "1", "20", "100", "300"}) {
      CAPTURE(mode);
      CAPTURE(blocks);
      Server server;
      const TempDir folder;
      const auto path = folder.file("backup");
      std::vector<Words> commands;
      for (int i = 0; i < 3000; ++i)
        commands.push_back({"SET", "a:" + std::to_string(i), std::string(200, 'v')});
      server.pipeline(commands);
      auto options = invalidate_with(
          server.url(), {"a:*", "--yes", "-o", "json", "--backup", path, "--backup-mode", mode});
      options.argv.insert(options.argv.begin(),
                          {"/bin/sh", "-c", "ulimit -f $0; exec \"$@\"", blocks});
      const auto result = run(options);
      CAPTURE(result.describe());
      CHECK(result.signal == 0);
      CHECK(result.exit_code == 4);
      const auto left = keys_at(server);
      CHECK_FALSE(left.empty());
      const auto saved = read_backup(path);
      for (const auto& key : names("a:", 3000)) {
        if (left.contains(key)) continue;
        CAPTURE(key);
        REQUIRE(saved);
        CHECK(saved->values.contains(key));
      }
      if (result.out.empty()) continue;
      const auto json = receipt_in(result);
      CHECK(json["reason"] == "backup");
      CHECK(json["removed"] == 3000 - left.size());
    }
  }
}

TEST_CASE("invalidate backup: what is larger than --backup-max-value stays and is named") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  const TempDir folder;
  fill(server, "a:", 50);
  server.command({"SET", "a:large", std::string(300'000, 'x')});
  const auto result = invalidate(server, {"a:*", "--yes", "-o", "json", "--backup",
                                          folder.file("b"), "--backup-max-value", "100kb"});
  CHECK(result.exit_code == 4);
  const auto json = receipt_in(result);
  CHECK(json["removed"] == 50);
  CHECK(json["failed"] == 1);
  CHECK(json["reason"] == "failed-keys");
  CHECK(json["failures"][0]["key"] == "a:large");
  CHECK(contains(json["failures"][0]["why"].get<std::string>(), "--backup-max-value"));
  CHECK(keys_at(server) == KeySet{"a:large"});
}

TEST_CASE("invalidate backup: 20,000 keys, and values of many megabytes") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  const TempDir folder;
  fill(server, "a:", 20'000);
  for (int i = 0; i < 4; ++i)
    server.command({"SET", "a:large" + std::to_string(i), std::string(8'000'000, 'x')});
  const auto run = invalidated(server, {"a:*", "--backup", folder.file("b")});
  CHECK(run.exit_code == 0);
  CHECK(run.json["backup_records"] == 20'004);
  CHECK(keys_at(server).empty());
  CHECK(read_backup(folder.file("b"))->values.size() == 20'004);
}

TEST_CASE("invalidate backup: the receipt says how to undo it, in words that a shell takes") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  const TempDir folder;
  fill(server, "a:", 5);
  const auto path = folder.file("it's $HOME");
  const auto result = invalidate(server, {"a:*", "--yes", "--backup", path});
  CHECK(result.exit_code == 0);
  const auto at = result.out.find("rcache restore ");
  REQUIRE(at != std::string::npos);
  const auto line = result.out.substr(at, result.out.find('\n', at) - at);
  ProgramOptions shell;
  shell.argv = {"/bin/sh", "-c", "rcache() { printf %s \"$2\"; }; " + line};
  CHECK(run(shell).out == path);
}

}  // namespace rcache::test
