// `rcache audit-ttl` as a gate: policy, limits, baseline, and what is wrong with a command line.
#include <string>
#include <vector>

#include "e2e/audit_ttl.h"

namespace rcache::test {

TEST_CASE("audit-ttl gate: a policy's rules decide, first match first") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  const TempDir folder;
  const auto policy = folder.write("cache.toml",
                                   "[[rule]]\npattern = \"session:*\"\nmax = \"15m\"\n"
                                   "[[rule]]\npattern = \"flag:*\"\nttl = \"none\"\n");
  fill_expiring(server, "session:", 5, 60);
  fill(server, "flag:", 3);
  auto run = audited(server, {"--policy", policy});
  CHECK(run.exit_code == 0);
  REQUIRE(run.json["rules"].size() >= 2);
  CHECK(run.json["rules"][0]["pattern"] == "session:*");
  CHECK(run.json["rules"][0]["checked"] == 5);
  server.command({"SET", "session:long", "v", "EX", "3600"});
  server.command({"EXPIRE", "flag:1", "60"});
  run = audited(server, {"--policy", policy});
  CHECK(run.exit_code == 1);
  CHECK(run.json["violations"] == 2);
  CHECK(run.json["rules"][0]["violations"] == 1);
  CHECK(run.json["rules"][0]["examples"][0] == "session:long");
  CHECK(run.json["rules"][1]["violations"] == 1);
  CHECK(audited(server, {"session:*", "--max-ttl", "30m"}).json["violations"] == 1);
  CHECK(audited(server, {"session:*", "--max-ttl", "2h"}).exit_code == 0);
}

TEST_CASE("audit-ttl gate: what help prints is a policy file to begin with") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  const TempDir folder;
  const auto file = folder.write("cache.toml", run_rcache({"help", "policies"}).out);
  server.command({"SET", "session:1", "v", "EX", "3600"});
  const auto own = audited(server, {"--policy", file});
  const auto shipped = audited(server, {"--policy", "default"});
  CHECK(own.exit_code == 1);
  CHECK(own.json["rules"] == shipped.json["rules"]);
}

TEST_CASE("audit-ttl gate: --max-missing forgives so many") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill_expiring(server, "a:", 95, 1000);
  fill(server, "b:", 5);
  CHECK(audited(server, {"--max-missing", "5"}).exit_code == 0);
  CHECK(audited(server, {"--max-missing", "4"}).exit_code == 1);
  CHECK(audited(server, {"--max-missing", "5%"}).exit_code == 0);
  CHECK(audited(server, {"--max-missing", "4.9%"}).exit_code == 1);
}

TEST_CASE("audit-ttl gate: with a baseline only new debt fails, and paid debt tightens it") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  const TempDir folder;
  const auto file = folder.file("base.json");
  fill(server, "old:", 10);
  CHECK(audited(server, {"--write-baseline", file}).exit_code == 0);
  CHECK(audited(server, {}).exit_code == 1);
  CHECK(audited(server, {"--baseline", file}).exit_code == 0);
  fill(server, "new:", 2);
  const auto run = audited(server, {"--baseline", file, "--write-baseline", file});
  CHECK(run.exit_code == 1);
  server.pipeline({{"DEL", "new:0"}, {"DEL", "new:1"}, {"DEL", "old:0"}});
  CHECK(audited(server, {"--baseline", file, "--write-baseline", file}).exit_code == 0);
  server.command({"SET", "old:0", "v"});
  CHECK(audited(server, {"--baseline", file}).exit_code == 1);
}

TEST_CASE(
    "audit-ttl gate: what is wrong with the words or a file is said before anything is asked") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  const TempDir folder;
  const auto bad_policy = folder.write("p.toml", "[[rule]]\npattern = \"a\"\nttl = \"never\"\n");
  const auto bad_baseline = folder.write("b.json", "{\"schema\": 1}");
  server.command({"CONFIG", "RESETSTAT"});
  struct Case {
    std::vector<std::string> words;
    const char* part;
  };
  const std::vector<Case> cases = {
      {{"--policy", bad_policy}, "p.toml:3:"},
      {{"--policy", folder.file("none")}, "--policy: cannot read"},
      {{"--baseline", bad_baseline}, "b.json"},
      {{"--max-missing", "many"}, "'many'"},
      {{"--max-ttl", "soon"}, "'soon' is not a duration"},
      {{"--max-ttl", "0"}, "--max-ttl: no key keeps to 0"},
      {{"--set-ttl", "0"}, "--set-ttl: 0 would remove"},
      {{"--jitter", "1m"}, "--jitter belongs to --set-ttl"},
      {{"--yes"}, "belong to --set-ttl"},
      {{"--sample", "0"}, "--sample: 0 is not between"},
      {{"--sample", "10", "--set-ttl", "1h", "--yes"}, "does not go with --sample"},
      {{"--sample", "10", "--baseline", bad_baseline}, "do not go with --sample"},
      {{"--count", "0"}, "--count: 0 is not between"},
      {{"--top", "0"}, "--top: 0"},
      {{"--delimiter", "::"}, "'::' is not one byte"},
      {{"--exclude", ""}, "--exclude: "},
      {{"-o", "yaml"}, "--output: 'yaml'"}};
  for (const auto& c : cases) check_refused(audit(server, c.words), 2, c.part);
  CHECK(calls(server, "scan") == 0);
}

TEST_CASE("audit-ttl gate: --html writes one page, and a page that cannot be written is an error") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  const TempDir folder;
  server.command({"SET", "<script>alert(1)</script>", "v"});
  const auto page = folder.file("audit.html");
  CHECK(audit(server, {"--html", page}).exit_code == 1);
  const auto html = read_file(page);
  CHECK(contains(html, "&lt;script&gt;alert(1)"));
  CHECK_FALSE(contains(html, "<script>alert"));
  const auto failed = audit(server, {"--html", folder.file("no/such/folder/a.html")});
  CHECK(failed.exit_code == 4);
  CHECK(contains(failed.err, "--html: cannot write"));
  CHECK(contains(failed.out, "has no TTL and must have one"));  // the verdict is not lost
}

}  // namespace rcache::test
