// The whole subcommand, as a user starts it: what is left behind, and who gets which signal.
#include <doctest/doctest.h>
#include <sys/types.h>

#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include "support/program.h"
#include "support/skip.h"

namespace rcache::test {
namespace {

/// `rcache demo --keys 1000` with these words after it.
ProgramOptions demo(std::vector<std::string> words) {
  words.insert(words.begin(), {"demo", "--keys", "1000"});
  return rcache_with(std::move(words));
}

bool has_demo_folder(const std::string& parent) {
  for (const auto& entry : std::filesystem::directory_iterator(parent)) {
    if (entry.path().filename().string().starts_with("rcache-demo-")) return true;
  }
  return false;
}

void wait_until_clean(const Program& program) {
  wait_until("the end of the demo's folder", [&] { return !has_demo_folder(program.temporary()); });
}

}  // namespace

TEST_CASE("demo: the command finds a filled server, and its output and exit code are the demo's") {
  RCACHE_NEED_SERVER("redis");
  const auto result =
      run(demo({"--", "sh", "-c", "redis-cli -s \"${RCACHE_URL#unix://}\" dbsize; exit 7"}));
  CAPTURE(result.describe());
  CHECK(result.exit_code == 7);
  CHECK(result.out == "1000\n");
  CHECK(result.err.empty());
  CHECK(result.left_behind.empty());
}

TEST_CASE("demo: every word after -- is the command's own") {
  RCACHE_NEED_SERVER("redis");
  const auto result = run(demo({"--", "printf", "<%s>", "stats", "--window", "1s", "-o", "json",
                                "--keys", "5", "--help", "", "x[ab]", "--", "demo"}));
  CAPTURE(result.describe());
  CHECK(result.out == "<stats><--window><1s><-o><json><--keys><5><--help><><x[ab]><--><demo>");
  CHECK(result.exit_code == 0);
}

TEST_CASE("demo: the command inherits the three standard streams and no other file") {
  RCACHE_NEED_SERVER("redis");
  const auto result = run(demo({"--", "ls", "/proc/self/fd"}));
  CAPTURE(result.describe());
  CHECK(result.out == "0\n1\n2\n3\n");  // 3 is the folder that ls reads
}

TEST_CASE("demo: a command that cannot be found ends it before a server is started") {
  const auto result = run(demo({"--", "no-such-command"}));
  CAPTURE(result.describe());
  CHECK(result.exit_code == 2);
  CHECK(result.out.empty());
  CHECK(result.err == "rcache: there is no command 'no-such-command' on PATH\n");
}

TEST_CASE("demo: bad numbers are usage errors that say what would do") {
  struct Case {
    std::vector<std::string> words;
    const char* message;
  };
  const Case cases[] = {
      {{"demo", "--keys", "abc"}, "rcache: --keys: 'abc' is not a number from 1000 to 5000000\n"},
      {{"demo", "--keys", "999"}, "rcache: --keys: '999' is not a number from 1000 to 5000000\n"},
      {{"demo", "--keys", "5000001"},
       "rcache: --keys: '5000001' is not a number from 1000 to 5000000\n"},
      {{"demo", "--seed", "1.5"}, "rcache: --seed: '1.5' is not a whole number\n"},
  };
  for (const Case& c : cases) {
    const auto result = run_rcache(c.words);
    CAPTURE(result.describe());
    CHECK(result.exit_code == 2);
    CHECK(result.err == c.message);
  }
}

TEST_CASE("demo: without a command it shows where the server is, and Ctrl-C ends both") {
  RCACHE_NEED_SERVER("redis");
  Program program(on_terminal(demo({})));
  program.wait_for_screen("until you press Ctrl-C");
  program.wait_for_screen("export RCACHE_URL=unix://");
  CHECK(has_demo_folder(program.temporary()));
  program.type("\x03");
  const auto& result = program.wait();
  CAPTURE(result.describe());
  CHECK(result.exit_code == 130);
  CHECK(result.left_behind.empty());
  wait_until_clean(program);
}

TEST_CASE("demo: Ctrl-C reaches the command once, and the demo waits for what it does about it") {
  RCACHE_NEED_SERVER("redis");
  Program program(on_terminal(demo({"--", "sh", "-c",
                                    "trap 'n=$((n+1))' INT; echo up; while [ -z \"$n\" ]; do sleep "
                                    "0.05; done; sleep 0.3; echo count=$n; exit 9"})));
  program.wait_for_screen("up");
  program.type("\x03");
  const auto& result = program.wait();
  CAPTURE(result.describe());
  CHECK(result.exit_code == 9);
  CHECK(result.screen.find("count=1\r\n") != std::string::npos);
  CHECK(result.left_behind.empty());
  wait_until_clean(program);
}

TEST_CASE("demo: SIGTERM to the demo alone is passed on to the command") {
  RCACHE_NEED_SERVER("redis");
  Program program(
      demo({"--", "sh", "-c", "trap 'exit 9' TERM; echo up; while :; do sleep 0.05; done"}));
  program.wait_for_out("up");
  program.signal(SIGTERM);
  const auto& result = program.wait();
  CAPTURE(result.describe());
  CHECK(result.exit_code == 9);
  wait_until_clean(program);
}

TEST_CASE("demo: kill -9 leaves neither server nor folder") {
  RCACHE_NEED_SERVER("redis");
  Program program(demo({}));
  program.wait_for_out("redis-cli");
  CHECK(has_demo_folder(program.temporary()));
  program.signal(SIGKILL);
  const auto& result = program.wait();
  CHECK(result.signal == SIGKILL);
  CHECK(result.left_behind.empty());
  wait_until_clean(program);
}

}  // namespace rcache::test
