// `rcache demo` from outside: what it runs, and that nothing of it is left however it ends.
#include <dirent.h>
#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "e2e/support.h"
#include "support/skip.h"

namespace rcache::test {
namespace {

/// The private server's folder, or nothing.
std::string demo_folder(const Program& program) {
  for (const auto& entry : std::filesystem::directory_iterator(program.temporary())) {
    if (entry.path().filename().string().starts_with("rcache-demo-")) return entry.path().string();
  }
  return {};
}

/// The process ids of private servers whose command line names this folder.
std::vector<pid_t> servers_in(const std::string& folder) {
  std::vector<pid_t> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const auto name = entry.path().filename().string();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    const auto pid = static_cast<pid_t>(std::stoi(name));
    if (contains(read_file(entry.path().string() + "/cmdline"), folder) && process_lives(pid))
      found.push_back(pid);
  }
  return found;
}

void check_nothing_left(const Program& program) {
  const auto folder = program.temporary();
  wait_until("the end of the folder", [&] { return demo_folder(program).empty(); });
  wait_until("the end of the server", [&] { return servers_in(folder).empty(); });
}

ProgramOptions demo(std::vector<std::string> words) {
  words.insert(words.begin(), "demo");
  return rcache_with(std::move(words));
}

}  // namespace

TEST_CASE("demo: rcache stats runs on the believable cache") {
  RCACHE_NEED_SERVER("redis");
  Program program(demo({"--", rcache_program(), "stats", "--json"}));
  const auto& result = program.wait();
  CAPTURE(result.describe());
  CHECK(result.exit_code == 0);
  CHECK(result.err.empty());
  const auto report = nlohmann::json::parse(result.out);
  CHECK(report["keys"]["total"].get<long long>() > 40'000);
  CHECK(report["keys"]["without_ttl"].get<long long>() > 0);
  CHECK(report["hit_ratio"].get<double>() > 0.5);
  CHECK(report["memory"]["max_bytes"].get<long long>() > 0);
  check_nothing_left(program);
}

TEST_CASE("demo: the command's exit code is its own") {
  RCACHE_NEED_SERVER("redis");
  const auto failing =
      run(demo({"--keys", "1000", "--", "rcache", "stats", "--min-hit-ratio", "100%"}));
  CHECK(failing.exit_code == 1);
  const auto killed = run(demo({"--keys", "1000", "--", "sh", "-c", "kill -KILL $$"}));
  CHECK(killed.exit_code == 128 + SIGKILL);
  const auto refused = run(demo({"--keys", "1000", "--", "/etc/passwd"}));
  CHECK((refused.exit_code == 2 || refused.exit_code == 126));
}

TEST_CASE("demo: the socket is in a folder for us alone, and no port is open") {
  RCACHE_NEED_SERVER("redis");
  Program program(demo({"--keys", "1000"}));
  program.wait_for_out("export RCACHE_URL=");
  const auto folder = demo_folder(program);
  REQUIRE(!folder.empty());
  struct stat about {};
  REQUIRE(::stat(folder.c_str(), &about) == 0);
  CHECK((about.st_mode & 0777U) == 0700);
  const auto servers = servers_in(folder);
  REQUIRE(!servers.empty());
  for (const auto pid : servers) {
    // Inodes of its open sockets, looked up among the TCP sockets of the machine.
    const auto tcp = read_file("/proc/" + std::to_string(pid) + "/net/tcp") +
                     read_file("/proc/" + std::to_string(pid) + "/net/tcp6");
    for (const auto& entry :
         std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/fd")) {
      std::error_code ignored;
      const auto target = std::filesystem::read_symlink(entry.path(), ignored).string();
      if (!target.starts_with("socket:[")) continue;
      CHECK_FALSE(contains(tcp, " " + target.substr(8, target.size() - 9) + " "));
    }
  }
  program.signal(SIGINT);
  CHECK(program.wait().exit_code == 130);
  check_nothing_left(program);
}

TEST_CASE("demo: whatever ends it while it fills, nothing is left") {
  RCACHE_NEED_SERVER("redis");
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGKILL}) {
    CAPTURE(signal);
    Program program(demo({"--keys", "2000000"}));
    wait_until("the server", [&] { return !servers_in(program.temporary()).empty(); });
    program.signal(signal);
    const auto& result = program.wait();
    CAPTURE(result.describe());
    if (signal == SIGKILL) CHECK(result.signal == SIGKILL);
    if (signal != SIGKILL) CHECK(result.exit_code == 128 + signal);
    CHECK(result.out.empty());
    CHECK(result.err.empty());
    CHECK(result.left_behind.empty());
    check_nothing_left(program);
  }
}

TEST_CASE("demo: whatever ends it while it waits, nothing is left") {
  RCACHE_NEED_SERVER("redis");
  for (const int signal : {SIGINT, SIGTERM, SIGKILL}) {
    CAPTURE(signal);
    Program program(demo({"--keys", "1000"}));
    program.wait_for_out("export RCACHE_URL=");
    program.signal(signal);
    const auto& result = program.wait();
    if (signal != SIGKILL) CHECK(result.exit_code == 128 + signal);
    CHECK(result.left_behind.empty());
    check_nothing_left(program);
  }
}

TEST_CASE("demo: kill -9 while its command runs takes the server along") {
  RCACHE_NEED_SERVER("redis");
  Program program(demo({"--keys", "1000", "--", "sh", "-c", "echo up; exec sleep 1000"}));
  program.wait_for_out("up");
  program.signal(SIGKILL);
  wait_until("the end of the server", [&] { return servers_in(program.temporary()).empty(); });
  wait_until("the end of the folder", [&] { return demo_folder(program).empty(); });
}

TEST_CASE("demo: a private server that is killed ends it with an error") {
  RCACHE_NEED_SERVER("redis");
  Program program(demo({"--keys", "1000"}));
  program.wait_for_out("export RCACHE_URL=");
  for (const auto pid : servers_in(demo_folder(program))) {
    if (contains(read_file("/proc/" + std::to_string(pid) + "/comm"), "redis-server"))
      ::kill(pid, SIGKILL);
  }
  const auto& result = program.wait();
  CAPTURE(result.describe());
  CHECK(result.exit_code == 3);
  CHECK(lines_of(result.err).size() <= 2);
  CHECK(result.err.starts_with("rcache: "));
  check_nothing_left(program);
}

TEST_CASE("demo: its URL works for rcache in another terminal") {
  RCACHE_NEED_SERVER("redis");
  Program program(demo({"--keys", "1000"}));
  program.wait_for_out("redis-cli");
  const auto& out = program.so_far().out;
  const auto at = out.find("export RCACHE_URL=") + 18;
  const auto url = out.substr(at, out.find('\n', at) - at);
  const auto result = run_rcache({"stats", "-o", "json"}, {"RCACHE_URL=" + url});
  CAPTURE(result.describe());
  CHECK(result.exit_code == 0);
  CHECK(nlohmann::json::parse(result.out)["keys"]["total"] == 1000);
  program.signal(SIGTERM);
  CHECK(program.wait().exit_code == 143);
}

TEST_CASE("demo: no server program is an error that names the package") {
  const TempDir empty;
  const auto result = run_rcache({"demo"}, {"PATH=" + empty.path()});
  check_refused(result, 3, "redis-server");
  check_refused(run_rcache({"demo", "--server", "/no/such/server"}), 2, "/no/such/server");
}

}  // namespace rcache::test
