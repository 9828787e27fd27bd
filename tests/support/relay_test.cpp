#include <doctest/doctest.h>

#include "support/relay.h"
#include "support/server.h"

using namespace rcache::test;

TEST_CASE("relay: passes bytes on and keeps a record of them") {
  Server server;
  for (const Listen listen : {Listen::tcp, Listen::unix_socket}) {
    Relay relay(server.address(), listen);
    RawClient client(relay.address());
    CHECK(client.command({"ECHO", std::string(300000, 'x')}).text.size() == 300000);
    CHECK(client.command({"PING"}).text == "PONG");
    CHECK(relay.accepted() == 1);
    CHECK(relay.recorded(Direction::up).ends_with("*1\r\n$4\r\nPING\r\n"));
    CHECK(relay.recorded(Direction::down).ends_with("+PONG\r\n"));
  }
}

TEST_CASE("relay: a delay is kept in both directions, also with many commands under way") {
  Server server;
  Relay relay(server.address());
  RawClient client(relay.address());
  relay.set(Direction::up, {.delay = std::chrono::milliseconds{30}});
  relay.set(Direction::down, {.delay = std::chrono::milliseconds{30}});
  const auto start = std::chrono::steady_clock::now();
  CHECK(client.pipeline(std::vector<Words>(1000, Words{"PING"})).size() == 1000);
  CHECK(std::chrono::steady_clock::now() - start >= std::chrono::milliseconds{60});
}

TEST_CASE("relay: cuts after a byte count, by an end of file or a reset") {
  Server server;
  Relay relay(server.address());
  const auto failure_of = [&relay](const RelayRules& up, const RelayRules& down) -> std::string {
    relay.set(Direction::up, up);
    relay.set(Direction::down, down);
    RawClient client(relay.address());
    try {
      return client.command({"INCR", "n"}).describe();
    } catch (const Failure& failure) {
      return failure.what();
    }
  };
  const std::size_t whole = std::string("*2\r\n$4\r\nINCR\r\n$1\r\nn\r\n").size();
  CHECK(failure_of({}, {.cut_after = 3}).find("closed the connection") != std::string::npos);
  CHECK(failure_of({}, {.cut_after = 3, .cut = Cut::rst}).find("reset") != std::string::npos);
  CHECK(failure_of({}, {}) == "3");
  // One byte short of a command, the server does nothing; with the last byte it does it unheard.
  CHECK(failure_of({.cut_after = whole - 1}, {}).find("closed") != std::string::npos);
  CHECK(failure_of({}, {}) == "4");
  CHECK(failure_of({.cut_after = whole}, {}).find("closed") != std::string::npos);
  wait_until("the server has counted", [&] { return server.command({"GET", "n"}).text == "5"; });
  relay.set(Direction::up, {});
  RawClient client(relay.address());
  client.command({"PING"});
  relay.cut_all();
  wait_until("the client is cut", [&client] { return client.closed(); });
}

TEST_CASE("relay: swallows bytes, sends them one by one, and goes to another server") {
  Server server;
  Server other;
  Relay relay(server.address());
  relay.set(Direction::down, {.fragment = 1});
  RawClient client(relay.address());
  CHECK(client.command({"ECHO", "hello"}).text == "hello");
  relay.set(Direction::down, {.blackhole = true});
  RawClient impatient(relay.address(), std::chrono::milliseconds{100});
  CHECK_THROWS_AS(impatient.command({"PING"}), Failure);
  relay.set(Direction::down, {});
  relay.switch_upstream(other.address());
  RawClient moved(relay.address());
  CHECK(info_field(moved.command({"INFO"}).text, "run_id") == other.info("run_id"));
}
