#include <doctest/doctest.h>

#include <unistd.h>

#include <csignal>

#include "support/program.h"

using namespace rcache::test;

namespace {

ProgramOptions shell(const std::string& script) {
  ProgramOptions options;
  options.argv = {"sh", "-c", script};
  return options;
}

}  // namespace

TEST_CASE("program: streams, exit code and environment are those of the program") {
  ProgramOptions options = shell("cat; echo \"$HOME $EXTRA ${LANG-none}\" >&2; exit 7");
  options.input = "typed";
  options.environment = {"EXTRA=more", "LANG"};
  Program program(options);
  const ProgramResult& result = program.wait();
  CHECK(result.out == "typed");
  CHECK(result.err == program.home() + " more none\n");
  CHECK(result.exit_code == 7);
  CHECK(result.signal == 0);
  CHECK(result.max_rss_bytes > 0);
}

TEST_CASE("program: much output is captured whole while much input is read") {
  ProgramOptions options = shell("cat; head -c 300000 /dev/zero >&2");
  options.input = std::string(1 << 20, 'x');
  const ProgramResult result = run(options);
  CHECK(result.out == options.input);
  CHECK(result.err.size() == 300000);
}

TEST_CASE("program: over its deadline it is killed, and the failure says what it wrote") {
  ProgramOptions options = shell("echo before; sleep 1000 & sleep 1000");
  options.deadline = std::chrono::milliseconds{300};
  std::string failure;
  try {
    run(options);
  } catch (const Failure& caught) {
    failure = caught.what();
  }
  CHECK(failure.find("was still running after 300 ms and was killed") != std::string::npos);
  CHECK(failure.find("before") != std::string::npos);
  CHECK(failure.find("signal 9") != std::string::npos);
}

TEST_CASE("program: a signal while it runs, and the text it waited to print") {
  Program program(
      shell("trap 'echo caught; exit 3' TERM; echo ready; while :; do sleep 0.01; done"));
  program.wait_for_out("ready\n");
  CHECK(program.running());
  program.signal(SIGTERM);
  CHECK(program.wait().exit_code == 3);
  CHECK(program.so_far().out == "ready\ncaught\n");

  Program killed(shell("echo ready; sleep 1000"));
  killed.wait_for_out("ready");
  killed.signal(SIGKILL);
  CHECK(killed.wait().signal == SIGKILL);
}

TEST_CASE("program: a text that never comes is a failure when the program has ended") {
  Program program(shell("echo something else"));
  CHECK_THROWS_WITH_AS(program.wait_for_out("ready"), doctest::Contains("never appeared on stdout"),
                       Failure);
}

TEST_CASE("program: what it leaves behind is named and ended") {
  const ProgramResult result = run(shell("sleep 1000 & echo $!"));
  CHECK(result.left_behind == std::vector<std::string>{"sleep"});
  wait_until("the process is gone", [&result] { return !process_lives(std::stoi(result.out)); });
}

TEST_CASE("temp_dir: a folder is private, and gone with all in it") {
  std::string path;
  {
    const TempDir folder;
    path = folder.path();
    CHECK(read_file(folder.write("a file", "text")) == "text");
    CHECK(run(shell("stat -c %a " + path)).out == "700\n");
    CHECK(path.size() < 60);
  }
  CHECK(::access(path.c_str(), F_OK) != 0);
}

TEST_CASE("program: stdout can be closed, full, or lose its reader") {
  ProgramOptions options = shell("(echo x) 2>/dev/null; echo $? >&2");
  options.out = Stream::closed;
  CHECK(run(options).err != "0\n");
  options.out = Stream::full;
  CHECK(run(options).err != "0\n");
  options = shell("exec yes");
  options.reader_leaves_after = 10;
  const ProgramResult result = run(options);
  CHECK(result.out == "y\ny\ny\ny\ny\n");
  CHECK(result.signal == SIGPIPE);
}

TEST_CASE("program: a terminal has a size, can be typed on and changes its size") {
  ProgramOptions options = shell(
      "stty size; trap 'stty size; exit 0' WINCH; test -t 0 && test -t 1 && test -t 2 && echo all;"
      "read -r line; echo \"<$line>\"; while :; do sleep 0.01; done");
  Program program(on_terminal(options, 40, 10));
  program.wait_for_screen("10 40\r\n");
  program.wait_for_screen("all\r\n");
  program.type("hello\n");
  program.wait_for_screen("<hello>\r\n");
  program.resize(133, 50);
  program.wait_for_screen("50 133\r\n");
  CHECK(program.wait().exit_code == 0);
}

TEST_CASE("program: Ctrl-C on the terminal is SIGINT") {
  Program program(
      on_terminal(shell("trap 'echo bye; exit 5' INT; echo up; while :; do sleep 0.01; done")));
  program.wait_for_screen("up\r\n");
  program.type("\x03");
  CHECK(program.wait().exit_code == 5);
}

TEST_CASE("program: stderr alone can be a terminal") {
  ProgramOptions options = shell("test -t 2 && echo two >&2; test -t 1 || echo pipe");
  options.err = Stream::terminal;
  const ProgramResult result = run(options);
  CHECK(result.out == "pipe\n");
  CHECK(result.screen == "two\r\n");
  CHECK(result.err.empty());
}
