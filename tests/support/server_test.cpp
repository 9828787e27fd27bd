#include <doctest/doctest.h>

#include <unistd.h>

#include <csignal>
#include <iostream>

#include "support/program.h"
#include "support/server.h"
#include "support/skip.h"

using namespace rcache::test;

TEST_CASE("helper: starts a server and dies" * doctest::skip()) {
  const Server server;
  std::cout << server.directory() << "\n" << server.pid() << "\n" << std::flush;
  ::raise(SIGKILL);
}

TEST_CASE("server: gone with its folder even when the test program is killed") {
  ProgramOptions options;
  options.argv = {"/proc/" + std::to_string(::getpid()) + "/exe", "--no-skip",
                  "--test-case=helper: starts a server and dies"};
  options.environment = {"TMPDIR"};  // its folder lies beside ours, and is not removed with ours
  const ProgramResult result = run(options);
  CHECK(result.signal == SIGKILL);
  const auto folder_at = result.out.find('/');
  REQUIRE_MESSAGE(folder_at != std::string::npos, result.describe());
  const auto line_end = result.out.find('\n', folder_at);
  const std::string folder = result.out.substr(folder_at, line_end - folder_at);
  wait_until("the server is gone",
             [&] { return !process_lives(std::stoi(result.out.substr(line_end + 1))); });
  wait_until("the folder is gone", [&] { return ::access(folder.c_str(), F_OK) != 0; });
  CHECK(result.left_behind.empty());
}

TEST_CASE("server: answers on its socket, and is gone with its folder at the end") {
  std::string folder;
  pid_t pid = 0;
  {
    Server server;
    folder = server.directory();
    pid = server.pid();
    CHECK(server.url() == "unix://" + server.socket_path());
    CHECK(server.command({"SET", "a", std::string("b\0c", 3)}).text == "OK");
    CHECK(server.command({"GET", "a"}).text == std::string("b\0c", 3));
    CHECK(server.command({"GET", "none"}).is_nil());
    CHECK(server.command({"MGET", "a", "none"}).items.size() == 2);
    CHECK_THROWS_WITH_AS(server.command({"INCR", "a"}), doctest::Contains("not an integer"),
                         Failure);
    CHECK(server.try_command({"INCR", "a"}).is_error());
    CHECK(server.info("tcp_port") == "0");
  }
  CHECK_FALSE(process_lives(pid));
  CHECK(::access(folder.c_str(), F_OK) != 0);
}

TEST_CASE("server: a password, a port, a restart and a stop") {
  ServerOptions options;
  options.listen = Listen::tcp;
  options.password = "secret";
  Server server(options);
  RawClient other(server.address());
  CHECK(other.try_command({"PING"}).text.starts_with("NOAUTH"));
  CHECK(server.command({"PING"}).text == "PONG");
  const int port = server.port();
  const std::string run_id = server.info("run_id");
  server.kill();
  CHECK_FALSE(server.running());
  server.restart();
  CHECK(server.port() == port);
  CHECK(server.info("run_id") != run_id);

  server.pause();
  RawClient impatient(server.address(), std::chrono::milliseconds{100});
  CHECK_THROWS_WITH_AS(impatient.try_command({"PING"}), doctest::Contains("did not answer"),
                       Failure);
  server.resume();
  CHECK(server.command({"PING"}).text == "PONG");
}

TEST_CASE("server: one that cannot start says why") {
  ServerOptions options;
  options.arguments = {"--no-such-directive", "1"};
  CHECK_THROWS_WITH_AS(Server{options}, doctest::Contains("no-such-directive"), Failure);
}

TEST_CASE("server: valkey answers as itself") {
  RCACHE_NEED_SERVER("valkey");
  ServerOptions options;
  options.binary = *find_server("valkey");
  Server server(options);
  CHECK(server.info("server_name") == "valkey");
}
