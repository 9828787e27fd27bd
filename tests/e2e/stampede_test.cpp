// The simulation as a whole process: no server, the same bytes, and an end when it is wanted.
#include <sys/stat.h>

#include <csignal>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "e2e/support.h"
#include "support/temp_dir.h"

namespace rcache::test {

TEST_CASE("stampede: no server, the same bytes each time, exit 1 at the gate") {
  const auto once = run_rcache({"stampede", "simulate", "-o", "json"});
  CAPTURE(once.describe());
  CHECK(once.exit_code == 0);
  CHECK(once.err.empty());
  CHECK(nlohmann::json::parse(once.out)["schema"] == "rcache.stampede/1");
  CHECK(run_rcache({"stampede", "simulate", "-o", "json", "--threads", "3"}).out == once.out);
  const auto gate =
      run_rcache({"stampede", "simulate", "--strategy", "none", "--fail-above", "10"});
  CHECK(gate.exit_code == 1);
  CHECK(contains(gate.out, "none: up to "));
}

TEST_CASE("stampede: mistakes are exit 2") {
  check_refused(run_rcache({"stampede", "simulate", "--beta", "x"}), 2, "--beta: 'x'");
  check_refused(run_rcache({"stampede"}), 2, "a command is missing");
  TempDir folder;
  const auto path = folder.file("bad\x1b[2J.toml");
  std::ofstream(path) << "rate = 5\nlaod-time = 3\n";
  const auto refused = run_rcache({"stampede", "simulate", path});
  check_refused(refused, 2, ":2:1: 'laod-time' is not a parameter");
  CHECK_FALSE(contains(refused.err, "\x1b"));
}

TEST_CASE("stampede: Ctrl-C ends a simulation of months, and 130") {
  TempDir folder;
  const auto path = folder.file("scenario");
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  ProgramOptions options;
  options.argv = {rcache_program(), "stampede", "simulate", path};
  Program program(std::move(options));
  {
    // Open once the program reads it, which is after it has begun to listen to signals.
    std::ofstream scenario(path);
    scenario << "rate = 1e6\nkeys = 1000\nduration = \"300d\"\n";
  }
  program.signal(SIGINT);
  const auto& result = program.wait();
  CAPTURE(result.describe());
  CHECK(result.exit_code == 130);
  CHECK(result.out.empty());
}

}  // namespace rcache::test
