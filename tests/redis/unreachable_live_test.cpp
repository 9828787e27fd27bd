#include <doctest/doctest.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "redis/fake_server.h"
#include "redis/live.h"
#include "support/relay.h"
#include "support/server.h"
#include "support/skip.h"
#include "support/sockets.h"

namespace rcache::redis {
namespace {

using test::Direction;
using test::Listen;
using test::Relay;
using test::Server;

Address local(int port) {
  return {.host = "127.0.0.1", .port = static_cast<std::uint16_t>(port), .socket_path = {}};
}

/// Fails to connect and looks at why. No deadline of these tests is anywhere near 10 seconds.
void check_unreachable(const ConnectSettings& settings, ErrorKind kind, const std::string& words) {
  World world;
  const auto begin = std::chrono::steady_clock::now();
  const auto servers = world.connect(settings);
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(10));
  REQUIRE_FALSE(servers);
  check_error(servers.error(), kind, words);
  if (kind == ErrorKind::connect) CHECK_FALSE(servers.error().hint.empty());
}

TEST_CASE("unreachable: nobody listens on the port") {
  const auto address = local(test::free_port());
  check_unreachable(settings_of(address), ErrorKind::connect,
                    "cannot connect to " + to_string(address) + ": Connection refused");
}

TEST_CASE("unreachable: the unix socket is missing, no socket, or its path too long") {
  const test::TempDir folder;
  check_unreachable(settings_of("unix://" + folder.file("s")), ErrorKind::connect,
                    "No such file or directory");
  check_unreachable(settings_of("unix://" + folder.write("file", "x")), ErrorKind::connect,
                    "Connection refused");
  check_unreachable(settings_of("unix:///" + std::string(107, 'x')), ErrorKind::usage,
                    "is longer than the 107 bytes that the system allows");
  check_unreachable(settings_of("unix:///" + std::string(106, 'x')), ErrorKind::connect,
                    "No such file or directory");
}

// RFC 6761: names below .invalid never exist.
TEST_CASE("unreachable: a name that does not exist") {
  check_unreachable(settings_of("redis://host.invalid"), ErrorKind::connect,
                    "cannot resolve 'host.invalid': ");
}

TEST_CASE("unreachable: a name with several addresses is tried to the last") {
  RCACHE_NEED_SERVER("redis");
  Server server(
      {.listen =
           Listen::tcp});  // 127.0.0.1 alone, and localhost is ::1 as well where there is IPv6
  World world;
  auto servers = world.connect(settings_of("redis://localhost:" + std::to_string(server.port())));
  REQUIRE(servers);
  CHECK((*servers)->nodes().front().identity.run_id == server.info("run_id"));
  server.kill();
  check_unreachable(settings_of("redis://localhost:" + std::to_string(server.port())),
                    ErrorKind::connect, "Connection refused");
}

TEST_CASE("unreachable: a host that takes no connection is given up at the deadline") {
  // A queue of one that is full: the kernel drops further attempts, as a firewall would.
  const test::FileHandle full(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in any_port{};
  any_port.sin_family = AF_INET;
  any_port.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(::bind(full.get(), reinterpret_cast<const sockaddr*>(&any_port), sizeof any_port) == 0);
  REQUIRE(::listen(full.get(), 0) == 0);
  const int port = test::port_of(full);
  auto target = any_port;
  target.sin_port = htons(static_cast<in_port_t>(port));
  std::vector<test::FileHandle> in_queue;
  for (int i = 0; i < 8; ++i) {
    in_queue.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    ::connect(in_queue.back().get(), reinterpret_cast<const sockaddr*>(&target), sizeof target);
  }
  check_unreachable(
      impatient(settings_of(local(port))), ErrorKind::connect,
      "cannot connect to 127.0.0.1:" + std::to_string(port) + ": no answer within 300 ms");
}

TEST_CASE("unreachable: a port that takes the connection and is silent") {
  const auto silent = test::listen_on("");
  const auto address = local(test::port_of(silent));
  check_unreachable(impatient(settings_of(address)), ErrorKind::connect,
                    to_string(address) + " did not answer within 300 ms");
}

TEST_CASE("unreachable: a server that is stopped (SIGSTOP)") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  server.pause();
  check_unreachable(impatient(settings_of(server.url())), ErrorKind::connect,
                    "did not answer within 300 ms");
  server.resume();
  World world;
  CHECK(world.connect(settings_of(server.url())));
}

TEST_CASE("unreachable: a deadline that passes ends the request and the connection for all") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  World world;
  auto client = world.open(impatient(settings_of(server.url())));
  REQUIRE(client);
  CHECK(world.run((*client)->send({"PING"})));
  server.pause();
  const auto late = world.run((*client)->send({"INCR", "n"}));
  REQUIRE_FALSE(late);
  check_error(late.error(), ErrorKind::connect, "did not answer within 300 ms");
  CHECK((*client)->lost());
  server.resume();
  // The answer to INCR may come now: nobody must take it for another's.
  const auto next = world.run((*client)->send({"GET", "n"}));
  REQUIRE_FALSE(next);
  CHECK(next.error().message == late.error().message);
}

TEST_CASE("unreachable: bytes that are swallowed, or drip too slowly, end at the deadline too") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  Relay relay(server.address());
  World world;
  for (const auto& rules :
       {test::RelayRules{.blackhole = true},
        test::RelayRules{.fragment = 1, .fragment_pause = std::chrono::milliseconds(100)}}) {
    relay.set(Direction::down, {});
    auto client = world.open(impatient(settings_of(relay.url())));
    REQUIRE(client);
    relay.set(Direction::down, rules);
    const auto begin = std::chrono::steady_clock::now();
    const auto reply = world.run((*client)->send({"INFO"}));
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(10));
    REQUIRE_FALSE(reply);
    check_error(reply.error(), ErrorKind::connect, "did not answer within 300 ms");
  }
}

TEST_CASE("unreachable: the server is killed while we wait, and comes back as another process") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  World world;
  auto servers = world.connect(settings_of(server.url()));
  REQUIRE(servers);
  const auto before = (*servers)->nodes().front().identity.run_id;
  server.kill();
  const auto reply = world.run((*servers)->nodes().front().client->send({"PING"}));
  REQUIRE_FALSE(reply);
  check_error(reply.error(), ErrorKind::connect, "lost the connection to ");
  const auto gone = world.run((*servers)->refresh());
  REQUIRE_FALSE(gone);
  check_error(gone.error(), ErrorKind::connect, "cannot connect to ");
  server.restart();
  REQUIRE(world.run((*servers)->refresh()));
  CHECK((*servers)->nodes().front().identity.run_id == server.info("run_id"));
  CHECK((*servers)->nodes().front().identity.run_id != before);
}

TEST_CASE("unreachable: refresh() follows a restart that nobody has noticed yet") {
  RCACHE_NEED_SERVER("redis");
  Server server;
  World world;
  auto servers = world.connect(settings_of(server.url()));
  REQUIRE(servers);
  server.restart();
  REQUIRE(world.run((*servers)->refresh()));
  CHECK((*servers)->nodes().front().identity.run_id == server.info("run_id"));
}

}  // namespace
}  // namespace rcache::redis
