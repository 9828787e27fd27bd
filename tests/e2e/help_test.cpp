// Help: of the program, of each command, of each topic.
#include <string>
#include <vector>

#include "e2e/support.h"

namespace rcache::test {
namespace {

void check_printed(const ProgramResult& result, const std::string& part) {
  CAPTURE(result.describe());
  CHECK(result.exit_code == 0);
  CHECK(result.err.empty());
  CHECK(contains(result.out, part));
}

}  // namespace

TEST_CASE("help: the program's own, in all the ways in which it is asked for") {
  const auto wanted = run_rcache({"--help"});
  check_printed(wanted, "Usage: rcache [OPTIONS]");
  for (const char* command : {"stats", "demo", "completion", "help"})
    CHECK(contains(wanted.out, command));
  for (const auto& words : std::vector<std::vector<std::string>>{{}, {"-h"}, {"help"}}) {
    CHECK(run_rcache(words).out == wanted.out);
    CHECK(run_rcache(words).exit_code == 0);
  }
}

TEST_CASE("help: of each command, by --help, by a last -h, by help COMMAND") {
  for (const char* command : {"stats", "demo", "completion", "help"}) {
    CAPTURE(std::string(command));
    const auto wanted = run_rcache({command, "--help"});
    check_printed(wanted, std::string("Usage: rcache ") + command + " [OPTIONS]");
    CHECK(run_rcache({command, "-h"}).out == wanted.out);
    CHECK(run_rcache({"help", command}).out == wanted.out);
  }
}

TEST_CASE("help: -h with a value is a host, not help") {
  const auto port = std::to_string(free_port());
  check_refused(run_rcache({"stats", "-h", "127.0.0.1", "-p", port}), 3,
                "cannot connect to 127.0.0.1:" + port);
  check_refused(run_rcache({"stats", "-h127.0.0.1", "-p", port}), 3,
                "cannot connect to 127.0.0.1:" + port);
}

TEST_CASE("help: it needs neither a server nor a readable config file") {
  check_printed(run_rcache({"stats", "--config", "/none", "--profile", "x", "--help"}),
                "Usage: rcache stats");
}

TEST_CASE("help: the version") {
  const auto version = run_rcache({"--version"});
  check_printed(version, "rcache ");
  CHECK(lines_of(version.out).size() == 1);
  CHECK(run_rcache({"-v"}).out == version.out);
}

TEST_CASE("help: exit-codes tells each code") {
  const auto result = run_rcache({"help", "exit-codes"});
  check_printed(result, "");
  for (const char* code : {"0", "1", "2", "3", "4", "5", "70", "130", "143"}) {
    CAPTURE(std::string(code));
    const auto line = "  " + (code + std::string(5 - std::string(code).size(), ' '));
    CHECK(contains("\n" + result.out, "\n" + line));
  }
}

TEST_CASE("help: patterns and environment") {
  check_printed(run_rcache({"help", "patterns"}), "[^a]");
  const auto environment = run_rcache({"help", "environment"});
  for (const char* name :
       {"RCACHE_URL", "REDIS_URL", "RCACHE_PASSWORD", "REDISCLI_AUTH", "VALKEYCLI_AUTH", "NO_COLOR",
        "CLICOLOR_FORCE", "XDG_CONFIG_HOME", "default_profile"}) {
    CAPTURE(std::string(name));
    check_printed(environment, name);
  }
}

TEST_CASE("help: no line is wider than 80 columns") {
  for (const char* topic : {"exit-codes", "patterns", "environment"}) {
    for (const auto& line : lines_of(run_rcache({"help", topic}).out)) {
      CAPTURE(line);
      CHECK(line.size() <= 80);
    }
  }
}

}  // namespace rcache::test
