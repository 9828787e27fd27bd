// `rcache stampede advise` on the TTLs that a server of our own has.
#include <csignal>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "e2e/audit_ttl.h"
#include "support/sockets.h"

namespace rcache::test {
namespace {

/// Sets PREFIX0, PREFIX1, ... so that all of them expire in the same millisecond.
void fill_together(Server& server, const std::string& prefix, int keys) {
  const auto now = std::stoll(server.info("server_time_usec")) / 1000;
  std::vector<Words> commands;
  for (int i = 0; i < keys; ++i)
    commands.push_back(
        {"SET", prefix + std::to_string(i), "v", "PXAT", std::to_string(now + 600'000)});
  server.pipeline(commands);
}

ProgramResult advise(const Server& server, std::vector<std::string> words) {
  words.insert(words.begin(), {"stampede", "advise"});
  words.insert(words.end(), {"--strategy", "jitter,swr-lock", "--runs", "1", "--db", "fifo"});
  words.insert(words.begin() + 2, {"-u", server.url()});
  return run_rcache(std::move(words));
}

}  // namespace

TEST_CASE("stampede advise: keys that expire together are found, and the change that helps") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill_together(server, "report:daily:", 400);
  fill_expiring(server, "session:", 60, 500);
  fill(server, "forever:", 5);
  const auto before = lookups(server);
  const auto result = advise(server, {"--match", "*", "--rate", "5000", "-o", "json"});
  CAPTURE(result.describe());
  CHECK(result.exit_code == 0);
  CHECK(result.err.empty());
  const auto out = Json::parse(result.out);
  CHECK(out["schema"] == "rcache.stampede-advice/1");
  CHECK(out["complete"] == true);
  CHECK(out["keys"] == 460);
  CHECK(out["without_ttl"] == 5);
  CHECK(out["own_lookups"] == 465);
  CHECK(lookups(server) - before == 465);
  REQUIRE(out["patterns"].size() == 2);
  const auto& first = out["patterns"][0];
  CHECK(first["pattern"] == "report:daily:*");
  REQUIRE(first["cliffs"].size() == 1);
  CHECK(first["cliffs"][0]["keys"] == 400);
  CHECK(first["advice"]["closed_form"]["jitter_seconds"].is_number());
  CHECK(out["recommendations"][0]["pattern"] == "report:daily:*");
  CHECK(out["recommendations"][0]["parameters"]["jitter_seconds"].get<double>() > 1);
  CHECK(out["patterns"][1]["cliffs"].empty());
  CHECK(calls(server, "set") == 465);
  CHECK(calls(server, "del") + calls(server, "pexpire") + calls(server, "expire") == 0);
  const auto text = advise(server, {"--match", "report:*", "--rate", "5000"});
  CHECK(text.exit_code == 0);
  CHECK(contains(text.out, "400 expire together at 20"));
  CHECK(contains(text.out, "a jitter of up to"));
}

TEST_CASE("stampede advise: what matches nothing is not healthy, and a missing prefix is named") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill_together(server, "shop:report:", 3);
  const auto result = advise(server, {"--match", "report:*"});
  CAPTURE(result.describe());
  CHECK(result.exit_code == 1);
  CHECK(contains(result.out, "No key matches"));
  CHECK(contains(result.err, "shop:report:*"));
}

TEST_CASE("stampede advise: keys that may not be asked about make it incomplete") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill_together(server, "mine:", 20);
  fill_together(server, "yours:", 20);
  server.command({"ACL", "SETUSER", "half", "on", ">pw", "~mine:*", "resetchannels", "-@all",
                  "+scan", "+pttl", "+time", "+info", "+ping", "+select", "+dbsize",
                  "+client|setname"});
  const auto result = advise(server, {"--match", "*", "--user", "half", "--pass", "pw",
                                      "--no-auth-warning", "-o", "json"});
  CAPTURE(result.describe());
  CHECK(result.exit_code == 4);
  const auto out = Json::parse(result.out);
  CHECK(out["complete"] == false);
  CHECK(contains(out["reasons"][0].get<std::string>(), "the TTL of 20 keys was refused"));
}

TEST_CASE("stampede advise: asks a server only with --match") {
  const std::vector<std::string> nowhere{"-p", "1", "--strategy", "swr-lock", "--runs", "1"};
  std::vector<std::string> words{"stampede", "advise"};
  words.insert(words.end(), nowhere.begin(), nowhere.end());
  CHECK(run_rcache(words).exit_code == 0);
  words.insert(words.end(), {"--match", "*"});
  check_refused(run_rcache(words), 3, "127.0.0.1:1");
}

TEST_CASE("stampede advise: --for hears who asks for what, and how long loads take") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill_together(server, "report:daily:", 400);
  fill_expiring(server, "session:", 60, 500);
  Program program(
      rcache_with({"stampede", "advise", "-u", server.url(), "--for", "4s", "--strategy",
                   "jitter,swr-lock", "--runs", "1", "--db", "fifo", "-o", "json"}));
  wait_until("MONITOR", [&] {
    program.so_far();
    return contains(server.command({"CLIENT", "LIST"}).text, "flags=O");
  });
  RawClient application(server.socket_path());
  for (int i = 0; i < 400; ++i) application.command({"GET", "report:daily:" + std::to_string(i)});
  for (int i = 0; i < 100; ++i) application.command({"GET", "report:daily:7"});
  application.command({"GET", "page:front"});
  application.command({"SET", "page:front", "SECRET-VALUE", "EX", "30"});
  application.command({"SELECT", "1"});
  application.command({"GET", "report:daily:7"});
  const auto& result = program.wait();
  CAPTURE(result.describe());
  CHECK(result.exit_code == 0);
  CHECK(result.err.empty());
  CHECK_FALSE(contains(result.out, "SECRET"));
  const auto out = Json::parse(result.out);
  CHECK(out["complete"] == true);
  CHECK(out["rate_assumed"] == false);
  CHECK(out["traffic"]["reads"] == 501);
  CHECK(out["traffic"]["keys"] == 401);
  CHECK(out["traffic"]["loads"]["inferred"] == 1);
  CHECK(out["keys"] == 461);
  REQUIRE(out["patterns"].size() == 2);
  const auto& first = out["patterns"][0];
  CHECK(first["pattern"] == "report:daily:*");
  CHECK(first["reads"] == 500);
  CHECK(first["hottest_reads"] == 101);
  const double rate = 500 / out["traffic"]["duration_seconds"].get<double>();
  CHECK(first["rate_per_second"].get<double>() == doctest::Approx(rate));
  CHECK(first["advice"]["scenario"]["rate_per_second"].get<double>() == doctest::Approx(rate));
  CHECK(out["patterns"][1]["pattern"] == "page:front");
  CHECK(out["patterns"][1]["ttl_seconds"] == 30.0);
  REQUIRE(out["other_patterns"].size() == 1);
  CHECK(out["other_patterns"][0]["reads"] == 0);
}

TEST_CASE("stampede advise: --for without traffic is incomplete, and MONITOR may be refused") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  fill_expiring(server, "session:", 5, 500);
  const auto silent = advise(server, {"--match", "session:*", "--for", "200ms"});
  CAPTURE(silent.describe());
  CHECK(silent.exit_code == 4);
  CHECK(contains(silent.out, "nothing that matches 'session:*' was read"));
  CHECK(contains(silent.out, "1 more pattern with 5 keys was not read"));

  server.command({"ACL", "SETUSER", "deaf", "on", ">pw", "~*", "+@all", "-monitor"});
  check_refused(advise(server, {"--for", "1s", "--user", "deaf", "--pass", "pw"}), 3,
                "refuses MONITOR");
}

TEST_CASE("stampede advise: Ctrl-C while it listens ends it") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  Program program(rcache_with({"stampede", "advise", "-u", server.url(), "--for", "10m"}));
  wait_until("MONITOR", [&] {
    program.so_far();
    return contains(server.command({"CLIENT", "LIST"}).text, "flags=O");
  });
  program.signal(SIGINT);
  CHECK(program.wait().exit_code == 130);
}

TEST_CASE("stampede advise: a trace says who asks, how long loads take and what expires together") {
  // 300 keys, written at one moment for 10 s, each read every 200 ms; a load takes 300 ms.
  std::string text = "time_s,op,key,ttl_s,load_s\n";
  for (int key = 0; key < 300; ++key) text += "0.0,set,k" + std::to_string(key) + ",10,\n";
  for (int step = 1; step < 150; ++step) {
    for (int key = 0; key < 300; ++key) {
      text +=
          std::to_string(step * 0.2 + key * 0.0005) + ",get,k" + std::to_string(key) + ",10,0.3\n";
    }
  }
  auto options =
      rcache_with({"stampede", "advise", "-", "--warm", "--db-slots", "20", "--db", "fifo",
                   "--strategy", "jitter,swr-lock", "--runs", "1", "-o", "json"});
  options.input = text;
  const auto result = run(std::move(options));
  CAPTURE(result.describe());
  CHECK(result.exit_code == 0);
  CHECK(result.err.empty());
  const auto out = Json::parse(result.out);
  CHECK(out["trace"]["format"] == "csv");
  CHECK(out["trace"]["keys"] == 300);
  CHECK(out["closed_form"]["keys_together"].get<double>() > 200);
  // N*D/x = 300 * 0.3 / 10.35
  CHECK(out["closed_form"]["jitter_seconds"].get<double>() == doctest::Approx(8.7).epsilon(0.05));
  CHECK(out["closed_form"]["lock_ttl_seconds"] == 1.0);
  CHECK(out["scenario"]["ttl_seconds"] == 10.0);
  CHECK(out["today"]["peak_loads"].get<int>() >= 300);
  CHECK(out["recommendations"].size() >= 1);
}

namespace {

Json advised_on(const std::string& csv, int exit_code, std::vector<std::string> flags = {}) {
  std::vector<std::string> words{"stampede", "advise", "-", "--db-slots", "50",  "--db",
                                 "fifo",     "--runs", "1", "-o",         "json"};
  words.insert(words.end(), flags.begin(), flags.end());
  auto options = rcache_with(std::move(words));
  options.input = "time_s,op,key,ttl_s,load_s\n" + csv;
  const auto result = run(std::move(options));
  CAPTURE(result.describe());
  CHECK(result.exit_code == exit_code);
  return Json::parse(result.out);
}

/// Each of so many keys written at one moment.
std::string writes_of(const std::string& name, int keys, const std::string& ttl) {
  std::string out;
  for (int key = 0; key < keys; ++key)
    out += "0.5,set," + name + std::to_string(key) + "," + ttl + ",\n";
  return out;
}

/// Each of so many keys read every second for 20 s, spread over it.
std::string reads_of(const std::string& name, int keys, const std::string& ttl_and_load) {
  std::string out;
  for (int second = 1; second < 20; ++second) {
    for (int key = 0; key < keys; ++key) {
      out += std::to_string(second + key / static_cast<double>(keys)) + ",get," + name +
             std::to_string(key) + "," + ttl_and_load + "\n";
    }
  }
  return out;
}

}  // namespace

TEST_CASE("stampede advise: the floor of a trace is that of each key, not of the usual one") {
  // 300 keys that live for 1 s and take 2 s to load: 300 * 2 / (1 + 2 + 1/L). The others are many.
  const auto out = advised_on(writes_of("slow", 300, "1") + writes_of("fast", 600, "600") +
                                  reads_of("slow", 300, "1,2") + reads_of("fast", 600, "600,0.01"),
                              1);
  CHECK(out["feasible"] == false);
  CHECK(out["floor_loads"].get<double>() == doctest::Approx(150).epsilon(0.02));
  // 600 = 50 * (T + 2 + 1)
  CHECK(out["closed_form"]["least_ttl_seconds"].get<double>() == doctest::Approx(9).epsilon(0.05));
}

TEST_CASE("stampede advise: what a job wrote together expires together after the trace") {
  const auto out = advised_on(writes_of("k", 400, "600") + reads_of("k", 400, "600,0.3"), 0,
                              {"--strategy", "none,jitter,swr-lock"});
  // Nothing was missing, so nothing is loaded before the trace ends.
  CHECK(out["today"]["loads"] == 0);
  CHECK(out["closed_form"]["together_after_the_end"] == true);
  CHECK(out["closed_form"]["keys_together"].get<double>() > 50);
  REQUIRE(out["recommendations"].size() == 2);
  for (const auto& each : out["recommendations"])
    CHECK(each["parameters"]["jitter_seconds"].get<double>() > 1);
  // Filled now, each lives as long as it does in the trace.
  const auto warm =
      advised_on(reads_of("k", 400, "5,0.3"), 0, {"--warm", "--strategy", "jitter", "--ttl", "5s"});
  CHECK(warm["today"]["peak_loads"].get<int>() >= 100);
}

TEST_CASE("stampede advise: mistakes are exit 2") {
  check_refused(run_rcache({"stampede", "advise", "--match", "*", "--keys", "5"}), 2,
                "--keys does not go with --match");
  check_refused(run_rcache({"stampede", "advise", "--for", "1s", "--rate", "5"}), 2,
                "--rate does not go with --for");
  check_refused(run_rcache({"stampede", "advise", "-", "--for", "1s"}), 2,
                "does not go with a trace");
  check_refused(run_rcache({"stampede", "advise", "--for", "0s"}), 2, "--for: 0 hears nothing");
  check_refused(run_rcache({"stampede", "advise", "--match", ""}), 2, "--match");
  check_refused(run_rcache({"stampede", "advise", "--top", "3"}), 2, "--top is for --match");
  check_refused(run_rcache({"stampede", "advise", "--strict"}), 2,
                "--format and --strict are for a trace");
  check_refused(run_rcache({"stampede", "advise", "nosuch.toml"}), 2, "cannot read 'nosuch.toml'");
  check_refused(run_rcache({"stampede", "advise", "-", "--rate", "5"}), 2, "the trace says");
  check_refused(run_rcache({"stampede", "advise", "--match", "a*", "--top", "0"}), 2, "--top: '0'");
}

}  // namespace rcache::test
