#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "e2e/support.h"
#include "support/cluster.h"
#include "support/skip.h"
#include "trace/trace.h"

namespace rcache::test {
namespace {

using Json = nlohmann::json;

/// Until every one of the program's MONITORs shows in the server.
void wait_for_monitor(Program& program, Server& server) {
  wait_until("MONITOR on " + server.address(), [&] {
    program.so_far();
    return contains(server.command({"CLIENT", "LIST"}).text, "flags=O");
  });
}

Program recording(const std::string& url, const std::string& file,
                  std::vector<std::string> flags = {}) {
  std::vector<std::string> words{"record", file, "-u", url, "-o", "json"};
  words.insert(words.end(), flags.begin(), flags.end());
  return Program(rcache_with(std::move(words)));
}

Json report_in(const ProgramResult& result) {
  CAPTURE(result.describe());
  auto json = Json::parse(result.out, nullptr, false);
  REQUIRE(json.is_object());
  CHECK(json["schema"] == "rcache.record/1");
  CHECK(result.left_behind.empty());
  return json;
}

Json replayed(const std::string& file, std::vector<std::string> flags = {}) {
  std::vector<std::string> words{"stampede", "replay", file, "-o", "json", "--strategy", "none"};
  words.insert(words.end(), flags.begin(), flags.end());
  const auto result = run_rcache(std::move(words));
  CAPTURE(result.describe());
  REQUIRE(result.exit_code == 0);
  return Json::parse(result.out);
}

/// Until so many events are in the file.
void wait_for_events(Program& program, const std::string& file, std::size_t count) {
  wait_until(std::to_string(count) + " events in " + file, [&] {
    program.so_far();
    const auto trace = trace::parse_trace(read_file(file), {});
    return trace && trace->events.size() >= count;
  });
}

/// What an application does: logs in, misses, loads, writes, reads.
void traffic(Server& server) {
  RawClient other(server.socket_path());
  other.try_command({"AUTH", "hunter2-password"});
  other.try_command({"HELLO", "2", "AUTH", "somebody", "hunter3-password"});
  other.command({"GET", "user:alice@example.org"});
  other.command({"SET", "user:alice@example.org", "TOP-SECRET-VALUE", "EX", "60"});
  other.command({"GET", "user:alice@example.org"});
  other.command({"MGET", "user:alice@example.org", "user:bob"});
  other.command({"EVAL", "return redis.call('get', KEYS[1])", "1", "user:bob"});
  other.command({"EVAL", "return redis.call('echo', ARGV[1])", "0", "SECRET-ARGUMENT"});
  other.command({"DEL", "user:bob"});
}
constexpr std::size_t k_events_of_traffic = 7;

}  // namespace

TEST_CASE("record: Ctrl-C ends it well; no name, value or password is in the file") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  const TempDir folder;
  const auto file = folder.file("r.rct");
  auto program = recording(server.url(), file);
  wait_for_monitor(program, server);
  traffic(server);
  wait_for_events(program, file, k_events_of_traffic);
  program.signal(SIGINT);
  const auto& result = program.wait();
  CHECK(result.exit_code == 130);
  CHECK(result.err.empty());
  const auto json = report_in(result);
  CHECK(json["reason"] == "interrupted");
  CHECK(json["complete"] == true);
  CHECK(json["plain_keys"] == false);
  const auto bytes = read_file(file);
  CHECK(json["file_bytes"] == bytes.size());
  CHECK(json["malformed"] == 0);
  for (const char* word : {"alice", "user:", "bob", "SECRET", "hunter", "127.0.0.1", "GET"}) {
    CAPTURE(word);
    CHECK_FALSE(contains(bytes, word));
  }
  struct stat status {};
  REQUIRE(::stat(file.c_str(), &status) == 0);
  CHECK((status.st_mode & 07777U) == 0600);
}

TEST_CASE("record: what was recorded is replayed, with names on request") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  const TempDir folder;
  for (const bool plain : {false, true}) {
    CAPTURE(plain);
    const auto file = folder.file(plain ? "plain.rct" : "hashed.rct");
    auto program =
        recording(server.url(), file,
                  plain ? std::vector<std::string>{"--plain-keys"} : std::vector<std::string>{});
    wait_for_monitor(program, server);
    traffic(server);
    wait_for_events(program, file, k_events_of_traffic);
    program.signal(SIGTERM);
    const auto& result = program.wait();
    CHECK(result.exit_code == 143);
    const auto json = report_in(result);
    const auto bytes = read_file(file);
    CHECK(contains(bytes, "user:alice@example.org") == plain);
    CHECK_FALSE(contains(bytes, "SECRET"));
    CHECK_FALSE(contains(bytes, "hunter"));
    const auto replay = replayed(file);
    CHECK(replay["mode"] == "replay");
    const auto& trace = replay["trace"];
    CHECK(trace["format"] == "record");
    CHECK(trace["malformed"] == 0);
    CHECK(trace["torn_bytes"] == 0);
    CHECK(trace["keys"] == 2);
    CHECK(trace["reads"] == 5);
    CHECK(trace["invalidations"] == 1);
    CHECK(trace["loads"]["inferred"] == 1);
    CHECK(json["verbs"]["get"] == 5);
    CHECK(json["verbs"]["del"] == 1);
    if (plain) {
      CHECK(replayed(file, {"--match", "user:b*"})["trace"]["reads"] == 2);
    } else {
      const auto refused = run_rcache({"stampede", "replay", file, "--match", "user:b*"});
      check_refused(refused, 2, "its keys have no names that --match could look at");
    }
  }
}

TEST_CASE("record: --match records those keys alone, --for ends it") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  const TempDir folder;
  auto program = recording(server.url(), folder.file("r"), {"--match", "a*", "--for", "1s"});
  wait_for_monitor(program, server);
  for (const char* key : {"a1", "b1", "a2"}) server.command({"GET", key});
  const auto& result = program.wait();
  CHECK(result.exit_code == 0);
  const auto json = report_in(result);
  CHECK(json["reason"] == "time");
  CHECK(json["events"] == 2);
  CHECK(json["filtered"] == 1);
}

TEST_CASE("record: --max-bytes is never passed, and is a good end") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  const TempDir folder;
  const auto file = folder.file("r");
  auto program = recording(server.url(), file, {"--max-bytes", "1mb"});
  wait_for_monitor(program, server);
  std::vector<Words> commands;
  for (int i = 0; i < 10'000; ++i) commands.push_back({"GET", "key:" + std::to_string(i)});
  wait_until("the end of the recording", [&] {
    server.pipeline(commands);
    for (auto& words : commands) words[1] += "x";
    program.so_far();
    return !program.running();
  });
  const auto& result = program.wait();
  CHECK(result.exit_code == 0);
  const auto json = report_in(result);
  CHECK(json["reason"] == "max-bytes");
  CHECK(json["file_bytes"] <= 1 << 20);
  CHECK(json["file_bytes"] > 900'000);
  CHECK(json["file_bytes"] == std::filesystem::file_size(file));
  const auto trace = replayed(file)["trace"];
  CHECK(trace["reads"] == json["events"]);
  CHECK(trace["malformed"] == 0);
}

TEST_CASE("record: never over a file, never through a link, never in vain") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  const TempDir folder;
  const auto there = folder.write("there", "precious");
  check_refused(run_at(server, {"record", there}), 2, "it exists already");
  CHECK(read_file(there) == "precious");
  const auto link = folder.file("link");
  std::filesystem::create_symlink(folder.file("nowhere"), link);
  check_refused(run_at(server, {"record", link}), 2, "it is a symbolic link");
  CHECK_FALSE(std::filesystem::exists(folder.file("nowhere")));
  check_refused(run_at(server, {"record", folder.file("r"), "--max-bytes", "1kb"}), 2,
                "--max-bytes: a recording has room for at least 1.0 MiB");
  check_refused(run_at(server, {"record", folder.file("r"), "--for", "0"}), 2, "--for: 0");
  CHECK_FALSE(std::filesystem::exists(folder.file("r")));
}

TEST_CASE("record: without the right, or without a server, one line and no file") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  const TempDir folder;
  const auto file = folder.file("r");
  server.command({"ACL", "SETUSER", "reader", "on", ">pw", "~*", "+@all", "-monitor"});
  check_refused(run_at(server, {"record", file, "--user", "reader", "-a", "pw"}), 3,
                "refuses MONITOR: NOPERM");
  CHECK_FALSE(std::filesystem::exists(file));
  check_refused(run_rcache({"record", file, "-s", folder.file("no.sock")}), 3, "cannot connect");
  CHECK_FALSE(std::filesystem::exists(file));
}

TEST_CASE("record: a server that is killed leaves a whole file, and exit code 4") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  const TempDir folder;
  const auto file = folder.file("r");
  auto program = recording(server.url(), file);
  wait_for_monitor(program, server);
  server.command({"GET", "a"});
  wait_for_events(program, file, 1);
  server.kill();
  const auto& result = program.wait();
  CHECK(result.exit_code == 4);
  const auto json = report_in(result);
  CHECK(json["complete"] == false);
  CHECK(json["reason"] == "connection-lost");
  CHECK(json["nodes"][0]["error"].is_string());
  CHECK(replayed(file)["trace"]["reads"] == 1);
}

TEST_CASE("record: all primaries of a cluster at once, in the order of time") {
  RCACHE_NEED_SERVER("redis");
  Cluster cluster(3);
  const TempDir folder;
  const auto file = folder.file("r");
  auto program = recording(cluster.url(), file);
  for (std::size_t node = 0; node < 3; ++node) wait_for_monitor(program, cluster.node(node));
  const auto keys = cluster.set_keys(30);
  for (const auto& key : keys) cluster.command_for(key, {"GET", key});
  wait_for_events(program, file, 60);
  program.signal(SIGINT);
  const auto& result = program.wait();
  CHECK(result.exit_code == 130);
  const auto json = report_in(result);
  REQUIRE(json["nodes"].size() == 3);
  for (const auto& node : json["nodes"]) CHECK(node["lines"] > 5);
  CHECK(json["verbs"]["set"] == 30);
  CHECK(json["verbs"]["get"] == 30);
  const auto trace = replayed(file)["trace"];
  CHECK(trace["keys"] == 30);
  CHECK(trace["reads"] == 30);
}

TEST_CASE("record: the text says what there is, what it cost, and what next") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  const TempDir folder;
  const auto file = folder.file("r");
  Program program(rcache_with({"record", file, "-u", server.url(), "--for", "1s"}));
  wait_for_monitor(program, server);
  server.command({"GET", "a"});
  const auto& result = program.wait();
  CAPTURE(result.describe());
  CHECK(result.exit_code == 0);
  CHECK(result.out.starts_with("Recorded 1 event in "));
  CHECK(contains(result.out, "keys hashed with a secret that is"));
  CHECK(contains(result.out, "Commands    1 read\n"));
  CHECK(contains(result.out, "Next: rcache stampede replay"));
  CHECK(result.err.empty());
}

}  // namespace rcache::test
