// `rcache audit-ttl` on a server of our own: what it counts, what it costs, how it ends.
#include "e2e/audit_ttl.h"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace rcache::test {
namespace {

/// No command that changes anything, by the server's own word.
void check_no_write(Server& server) {
  for (const char* command : {"set", "del", "unlink", "expire", "pexpire", "expireat", "pexpireat",
                              "persist", "restore", "multi", "eval", "config|set", "touch"}) {
    CAPTURE(command);
    CHECK(calls(server, command) == 0);
  }
}

}  // namespace

TEST_CASE("audit-ttl: an empty server is healthy") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {}, {"*"}, {"--sample", "10"}, {"--policy", "default"}}) {
    const auto run = audited(server, words);
    CHECK(run.exit_code == 0);
    CHECK(run.json["complete"] == true);
    CHECK(run.json["scanned"] == 0);
    CHECK(run.json["own_lookups"] == 0);
  }
}

TEST_CASE("audit-ttl: keys without a TTL are a finding, by their pattern and with examples") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill_expiring(server, "session:", 30, 100);
  fill(server, "export:", 4);
  server.command({"SET", "lonely", "v"});
  const auto run = audited(server, {});
  CHECK(run.exit_code == 1);
  CHECK(run.json["complete"] == true);
  CHECK(run.json["scanned"] == 35);
  CHECK(run.json["with_ttl"] == 30);
  CHECK(run.json["without_ttl"] == 5);
  CHECK(run.json["violations"] == 5);
  const auto exports = group_in(run.json, "export:*");
  CHECK(exports["keys"] == 4);
  CHECK(exports["without_ttl"] == 4);
  CHECK(exports["ttl_seconds"].is_null());
  CHECK(exports["memory_bytes"].get<int>() > 100);
  CHECK(exports["examples"].size() == 3);
  const auto sessions = group_in(run.json, "session:*");
  CHECK(sessions["without_ttl"] == 0);
  CHECK(sessions["ttl_seconds"]["max"].get<double>() <= 129);
  CHECK(sessions["ttl_seconds"]["max"].get<double>() > 100);
  const auto text = audit(server, {});
  CHECK(text.exit_code == 1);
  CHECK(text.err.empty());
  CHECK(contains(text.out, "export:*"));
  CHECK(contains(text.out, "35 "));
}

TEST_CASE("audit-ttl: its lookups are as many as the server counted, and nothing is written") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill_expiring(server, "a:", 700, 1000);
  fill(server, "b:", 50);
  server.command({"CONFIG", "RESETSTAT"});
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{},
                                             {"a:*"},
                                             {"--sample", "100"},
                                             {"--policy", "default"},
                                             {"--set-ttl", "1h", "--dry-run"},
                                             {"nothing:*"}}) {
    CAPTURE(words.empty() ? "" : words.front());
    const auto before = lookups(server);
    const auto run = audited(server, words);
    CHECK(run.json["own_lookups"] == lookups(server) - before);
  }
  check_no_write(server);
  server.command({"FLUSHALL"});
  fill(server, "b:", 50);
  const auto before = lookups(server);
  const auto run = audited(server, {"--set-ttl", "1h", "--yes"});
  CHECK(run.json["own_lookups"] == lookups(server) - before);
}

TEST_CASE("audit-ttl: where every key has a TTL, INFO is enough and no key is looked up") {
  RCACHE_NEED_SERVER("redis");
  Server server({.arguments = k_with_debug});
  fill_expiring(server, "a:", 200, 1000);
  // In another database nobody asks.
  server.pipeline({{"SELECT", "1"}, {"SET", "no ttl", "v"}, {"SELECT", "0"}});
  // Expired, and still there: both numbers have it.
  server.command({"DEBUG", "SET-ACTIVE-EXPIRE", "0"});
  server.command({"SET", "gone", "v", "PX", "1"});
  wait_until("the key to expire", [&] {
    return server.command({"PTTL", "a:0"}).integer < 999'990;
  });
  server.command({"CONFIG", "RESETSTAT"});
  auto run = audited(server, {});
  CHECK(run.exit_code == 0);
  CHECK(run.json["method"] == "info");
  CHECK(run.json["with_ttl"] == 201);
  CHECK(run.json["own_lookups"] == 0);
  CHECK(calls(server, "scan") == 0);
  CHECK(audit(server, {"-o", "junit"}).exit_code == 0);
  CHECK(calls(server, "scan") == 0);
  // Asked for more than the number, it looks.
  run = audited(server, {"--policy", "default"});
  CHECK(calls(server, "scan") > 0);
  CHECK(run.json["scanned"] == 200);
  CHECK(audited(server, {"-n", "1"}).exit_code == 1);
}

TEST_CASE("audit-ttl: forms that name offenders only end when all of them were found") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill_expiring(server, "a:", 20'000, 1000);
  server.command({"SET", "bad", "v"});
  server.command({"CONFIG", "RESETSTAT"});
  const auto github = audit(server, {"-o", "github", "--count", "100"});
  CHECK(github.exit_code == 1);
  CHECK(contains(github.out, "bad"));
  CHECK(calls(server, "pttl") >= 1);
  CHECK(audited(server, {}).json["scanned"] == 20'001);
}

TEST_CASE("audit-ttl: patterns and excludes choose the keys, with and without a key prefix") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill(server, "app:a:", 10);
  fill(server, "app:b:", 5);
  fill(server, "other:a:", 7);
  CHECK(audited(server, {"app:*"}).json["without_ttl"] == 15);
  CHECK(audited(server, {"app:*", "other:*", "--exclude", "*:b:*"}).json["without_ttl"] == 17);
  CHECK(audited(server, {"app:a:1"}).json["without_ttl"] == 1);
  CHECK(audited(server, {"nothing:*"}).exit_code == 0);
  const auto prefixed = audited(server, {"--key-prefix", "app:"}).json;
  CHECK(prefixed["without_ttl"] == 15);
  CHECK(group_in(prefixed, "a:*")["keys"] == 10);
  CHECK(audited(server, {"b:*", "--key-prefix", "app:"}).json["without_ttl"] == 5);
}

TEST_CASE("audit-ttl: keys that are named are looked up without a scan") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill_expiring(server, "a:", 3000, 600);
  server.command({"SET", "bare", "v"});
  const auto scans = calls(server, "scan");
  const auto before = lookups(server);
  const auto run = audited(server, {"a:1", "bare", "not:there", "a:2", "--exclude", "a:2"});
  CHECK(run.exit_code == 1);
  CHECK(run.json["scanned"] == 2);
  CHECK(run.json["without_ttl"] == 1);
  CHECK(run.json["gone"] == 0);
  CHECK(run.json["own_lookups"] == 3);
  CHECK(lookups(server) - before == 3);
  CHECK(calls(server, "scan") == scans);
  CHECK(audited(server, {"bare", "--set-ttl", "1h", "--yes"}).exit_code == 0);
  CHECK(audited(server, {"bare"}).exit_code == 0);
}

TEST_CASE("audit-ttl: hostile keys are counted, shown harmlessly, and keep the document whole") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  const std::vector<std::string> keys = {std::string("nul\0byte", 8),
                                         "line\nbreak::error::x",
                                         "esc\x1b[31mred",
                                         "\xff\xfe",
                                         "quote\"<script>alert(1)</script>&",
                                         "=cmd()",
                                         "]]>",
                                         "",
                                         "\xe2\x80\xae"
                                         "rtl"};
  for (const auto& key : keys) server.command({"SET", key, "v"});
  const auto run = audited(server, {});
  CHECK(run.exit_code == 1);
  CHECK(run.json["without_ttl"] == keys.size());
  KeySet seen;
  for (const auto& group : run.json["groups"])
    for (const auto& key : group["examples"]) seen.insert(key_in(key));
  CHECK(seen == KeySet(keys.begin(), keys.end()));
  for (const char* form : {"text", "json", "ndjson", "csv", "junit", "github", "prometheus"}) {
    CAPTURE(form);
    const auto result = audit(server, {"-o", form});
    CHECK(result.exit_code == 1);
    CHECK(std::none_of(result.out.begin(), result.out.end(),
                       [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\n'; }));
    CHECK_FALSE(contains(result.out, "\n::error::x"));
  }
}

TEST_CASE("audit-ttl: keys come and go while it runs, and what was there throughout is counted") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill_expiring(server, "stable:", 3000, 1000);
  fill(server, "debt:", 500);
  std::atomic<bool> over = false;
  std::thread writer([&] {
    RawClient client(server.address());
    for (int round = 0; !over; ++round) {
      std::vector<Words> commands;
      for (int i = 0; i < 100; ++i) {
        const auto key = "flash:" + std::to_string(round % 50) + ":" + std::to_string(i);
        commands.push_back({"SET", key, "v", "PX", std::to_string(1 + i % 5)});
      }
      client.pipeline(commands);
    }
  });
  for (int round = 0; round < 5; ++round) {
    const auto run = audited(server, {"--count", "20"});
    CHECK(run.exit_code == 1);
    CHECK(run.json["complete"] == true);
    CHECK(run.json["without_ttl"] == 500);
    CHECK(group_in(run.json, "debt:*")["keys"] == 500);
    CHECK(group_in(run.json, "stable:*")["keys"].get<int>() >= 3000);
    CHECK(group_in(run.json, "stable:*")["without_ttl"] == 0);
  }
  over = true;
  writer.join();
}

TEST_CASE("audit-ttl: a sample names its method, its size and its population") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill_expiring(server, "a:", 3000, 1000);
  fill(server, "b:", 1000);
  const auto run = audited(server, {"--sample", "400"});
  CHECK(run.exit_code == 1);
  CHECK(run.json["method"] == "sample");
  CHECK(run.json["scanned"] == 400);
  CHECK(run.json["own_lookups"] == 400);
  CHECK(run.json["sample"]["population"] == 4000);
  // 250 of 1,000 are meant: 6 standard deviations are 52 keys.
  CHECK(run.json["without_ttl"].get<int>() > 48);
  CHECK(run.json["without_ttl"].get<int>() < 152);
  CHECK(audited(server, {"--sample", "10000"}).json["without_ttl"] == 1000);
  CHECK(audited(server, {"--sample", "400", "--max-missing", "50%"}).exit_code == 0);
  CHECK(audited(server, {"--sample", "400", "--max-missing", "5%"}).exit_code == 1);
  CHECK(audited(server, {"--sample", "400", "--max-missing", "25%"}).exit_code != 70);
}

}  // namespace rcache::test
