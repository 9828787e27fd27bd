// `rcache audit-ttl --set-ttl`: offenders get a TTL, nothing else changes, and only when agreed to.
#include <string>
#include <vector>

#include "e2e/audit_ttl.h"

namespace rcache::test {
namespace {

std::int64_t pttl(Server& server, const std::string& key) {
  return server.command({"PTTL", key}).integer;
}

}  // namespace

TEST_CASE(
    "audit-ttl repair: keys without a TTL get one within the jitter, all others keep theirs") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill(server, "bad:", 300);
  fill(server, "keep:", 5);
  fill_expiring(server, "ok:", 50, 100'000);
  const auto run = audited(server, {"--set-ttl", "1h", "--jitter", "10m", "--protect", "keep:*",
                                    "--max-missing", "5", "--yes"});
  CHECK(run.exit_code == 0);
  CHECK(run.json["repair"]["repaired"] == 300);
  CHECK(run.json["repair"]["protected"] == 5);
  CHECK(run.json["repair"]["failed"] == 0);
  std::set<std::int64_t> ttls;
  for (int i = 0; i < 300; ++i) {
    const auto left = pttl(server, "bad:" + std::to_string(i));
    ttls.insert(left);
    CHECK(left > 3'500'000);
    CHECK(left <= 4'200'000);
  }
  CHECK(ttls.size() > 200);
  for (int i = 0; i < 5; ++i) CHECK(pttl(server, "keep:" + std::to_string(i)) == -1);
  for (int i = 0; i < 50; ++i) CHECK(pttl(server, "ok:" + std::to_string(i)) > 90'000'000);
  const auto again = audited(server, {"--set-ttl", "1h", "--yes", "--exclude", "keep:*"});
  CHECK(again.exit_code == 0);
  CHECK(again.json["repair"]["repaired"] == 0);
}

TEST_CASE("audit-ttl repair: --rate holds it back, and belongs to --set-ttl") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill(server, "bad:", 300);
  const auto run = audited(server, {"--set-ttl", "1h", "--yes", "--rate", "300", "--max-latency",
                                    "1s", "--max-lag", "1m"});
  CHECK(run.exit_code == 0);
  CHECK(run.json["repair"]["repaired"] == 300);
  CHECK(audit(server, {"--rate", "300"}).exit_code == 2);
  CHECK(audit(server, {"--set-ttl", "1h", "--yes", "--max-latency", "0"}).exit_code == 2);
}

TEST_CASE("audit-ttl repair: a policy says who is an offender; too long is not repaired") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  const TempDir folder;
  const auto policy = folder.write("p.toml",
                                   "[[rule]]\npattern = \"flag:*\"\nttl = \"none\"\n"
                                   "[[rule]]\npattern = \"s:*\"\nmax = \"1m\"\n"
                                   "[[rule]]\npattern = \"*\"\nttl = \"any\"\n");
  fill(server, "flag:", 3);
  fill(server, "free:", 3);
  fill(server, "s:", 3);
  server.command({"SET", "s:long", "v", "EX", "1000"});
  const auto run = audited(server, {"--policy", policy, "--set-ttl", "30s", "--yes"});
  CHECK(run.exit_code == 1);
  CHECK(run.json["repair"]["repaired"] == 3);
  CHECK(pttl(server, "flag:1") == -1);
  CHECK(pttl(server, "free:1") == -1);
  CHECK(pttl(server, "s:1") > 0);
  CHECK(pttl(server, "s:long") > 60'000);
}

TEST_CASE("audit-ttl repair: without --yes and without a terminal nothing is touched") {
  RCACHE_NEED_SERVER("redis");
  Server server({.arguments = k_with_debug});
  fill(server, "a:", 20);
  const auto before = digest(server);
  check_refused(audit(server, {"--set-ttl", "1h"}), 5, "--yes");
  const auto dry = audited(server, {"--set-ttl", "1h", "--dry-run"});
  CHECK(dry.exit_code == 1);
  CHECK(dry.json["repair"]["repaired"] == 0);
  CHECK(digest(server) == before);
}

TEST_CASE("audit-ttl repair: on a terminal the report stands before the question") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill(server, "bad:", 20);
  const auto ask = [&] {
    return on_terminal(rcache_with({"audit-ttl", "-u", server.url(), "--set-ttl", "1h"}));
  };
  {
    Program program(ask());
    program.wait_for_screen("Give 20 keys a TTL of 1h? Type yes: ");
    CHECK(contains(program.so_far().screen, "bad:*"));
    program.type("no\n");
    CHECK(program.wait().exit_code == 5);
    CHECK(pttl(server, "bad:1") == -1);
  }
  {
    Program program(ask());
    program.wait_for_screen("Type yes: ");
    program.type("\x03");
    CHECK(program.wait().exit_code == 130);
    CHECK(pttl(server, "bad:1") == -1);
  }
  Program program(ask());
  program.wait_for_screen("Type yes: ");
  program.type("yes\n");
  CHECK(program.wait().exit_code == 0);
  CHECK(pttl(server, "bad:1") > 0);
}

TEST_CASE("audit-ttl repair: production wants the profile's name, and its protected keys stay") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  const TempDir folder;
  const auto config =
      folder.write("config.toml", "[profile.shop]\nurl = \"" + server.url() +
                                      "\"\nproduction = true\nprotect = [\"vip:*\"]\n");
  fill(server, "a:", 3);
  fill(server, "vip:", 3);
  const auto repair = [&](const std::string& yes) {
    return run_rcache({"audit-ttl", "--config", config, "--profile", "shop", "--set-ttl", "1h",
                       "--exclude", "none", yes, "-o", "json"});
  };
  check_refused(repair("--yes"), 5, "--yes=shop");
  CHECK(pttl(server, "a:1") == -1);
  const auto result = repair("--yes=shop");
  CHECK(result.exit_code == 1);
  CHECK(audit_in(result)["repair"]["protected"] == 3);
  CHECK(pttl(server, "a:1") > 0);
  CHECK(pttl(server, "vip:1") == -1);
}

TEST_CASE("audit-ttl repair: who may not write is told so, in the receipt") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill(server, "a:", 5);
  add_user(server, "reader", {"~*", "+@read", "+@connection", "+info", "+scan", "+time"});
  const auto run = audited(server, as_user("reader", {"--set-ttl", "1h", "--yes"}));
  CHECK(run.exit_code == 1);
  CHECK(run.json["repair"]["failed"] == 5);
  CHECK(contains(run.json["repair"]["error"].get<std::string>(), "NOPERM"));
}

}  // namespace rcache::test
