// The password in places outside our output: the process list, the terminal, core files, child
// processes.
#include <csignal>
#include <string>
#include <utility>
#include <vector>

#include "e2e/secrets.h"
#include "support/skip.h"
#include "support/sockets.h"

namespace rcache::test {
namespace {

std::string proc_file(pid_t pid, const std::string& name) {
  return read_file("/proc/" + std::to_string(pid) + "/" + name);
}

}  // namespace

TEST_CASE("secrets: the process list does not show it once a connection is made") {
  const auto listener = listen_on("");
  const TempDir folder;
  for (const auto& place : secret_places(port_of(listener), folder)) {
    CAPTURE(place.name);
    Program program(with_secret(place, "stats", {"-t", "60"}));
    const auto peer = accept_from(listener, program);
    const auto shown = proc_file(program.pid(), "cmdline");
    CHECK(contains(shown, "stats"));
    check_secret("cmdline", shown);
    check_secret("comm", proc_file(program.pid(), "comm"));
    CHECK(contains(proc_file(program.pid(), "limits"),
                   "Max core file size        0                    0"));
    program.signal(SIGINT);
    CHECK(program.wait().exit_code == 130);
    check_secret(program.so_far());
  }
}

TEST_CASE("secrets: --askpass reads it without showing it") {
  RCACHE_NEED_SERVER("redis");
  Server server({.password = k_secret});
  for (const auto& [typed, code] :
       std::vector<std::pair<std::string, int>>{{k_secret + "\n", 0}, {"x" + k_secret + "\n", 3}}) {
    auto options = on_terminal(rcache_with({"stats", "-u", server.url(), "--askpass"}));
    Program program(options);
    program.wait_for_screen("Password: ");
    program.type(typed);
    const auto& result = program.wait();
    CAPTURE(result.describe());
    CHECK(result.exit_code == code);
    check_secret(result);
  }
}

TEST_CASE("secrets: --askpass asks the terminal even when the three streams are elsewhere") {
  RCACHE_NEED_SERVER("redis");
  Server server({.password = k_secret});
  auto options = on_terminal(rcache_with({"stats", "-u", server.url(), "--askpass", "-o", "json"}));
  options.out = Stream::pipe;
  options.err = Stream::pipe;
  Program program(options);
  program.wait_for_screen("Password: ");
  program.type(k_secret + "\n");
  const auto& result = program.wait();
  CAPTURE(result.describe());
  CHECK(result.exit_code == 0);
  CHECK(result.out.starts_with("{"));
  CHECK(result.err.empty());
  check_secret(result);
}

TEST_CASE("secrets: Ctrl-C at the question ends it at once") {
  Program program(on_terminal(rcache_with({"stats", "--askpass"})));
  program.wait_for_screen("Password: ");
  program.type("S3CR\x03");
  const auto& result = program.wait();
  CAPTURE(result.describe());
  CHECK(result.exit_code == 130);
  CHECK_FALSE(contains(result.screen, "S3CR"));
}

TEST_CASE("secrets: on a terminal -a is warned of, once, unless told not to") {
  RCACHE_NEED_SERVER("redis");
  Server server({.password = k_secret});
  const auto warned = run(on_terminal(rcache_with({"stats", "-u", server.url(), "-a", k_secret})));
  CHECK(contains(warned.screen, "warning: a password on the command line"));
  check_secret(warned);
  const auto silent = run(
      on_terminal(rcache_with({"stats", "-u", server.url(), "-a", k_secret, "--no-auth-warning"})));
  CHECK_FALSE(contains(silent.screen, "warning: a password"));
}

TEST_CASE("secrets: a command that demo runs does not inherit it") {
  RCACHE_NEED_SERVER("redis");
  const auto result =
      run_rcache({"demo", "--keys", "1000", "--", "env"},
                 {"RCACHE_PASSWORD=" + k_secret, "REDISCLI_AUTH=" + k_secret,
                  "VALKEYCLI_AUTH=" + k_secret, "RCACHE_URL=redis://:" + k_secret_in_url + "@h"});
  CAPTURE(result.describe());
  CHECK(result.exit_code == 0);
  CHECK(contains(result.out, "RCACHE_URL=unix://"));
  check_secret(result);
}

}  // namespace rcache::test
