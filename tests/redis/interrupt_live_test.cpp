#include <doctest/doctest.h>

#include <csignal>

#include "redis/asio.h"
#include "redis/fake_server.h"
#include "redis/live.h"
#include "redis/replies.h"
#include "support/server.h"
#include "support/skip.h"
#include "support/sockets.h"

namespace rcache::redis {
namespace {

/// The deadlines of these tests are 30 s: what ends sooner was ended by the interrupt.
class Stopwatch {
 public:
  void check() const {
    CHECK(std::chrono::steady_clock::now() - begin_ < std::chrono::seconds(10));
  }

 private:
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

/// Requests an interrupt once everything else has come to rest.
class InterruptSoon {
 public:
  explicit InterruptSoon(World& world) : timer_(world.io, std::chrono::milliseconds(50)) {
    timer_.async_wait([&world](asio::error_code) { world.interrupt.request(SIGINT); });
  }

 private:
  asio::steady_timer timer_;
};

template <typename T>
void check_interrupted(const Result<T>& result) {
  REQUIRE_FALSE(result);
  check_error(result.error(), ErrorKind::interrupted, "interrupted");
}

TEST_CASE("interrupt: before anything is sent, nothing is") {
  World world;
  FakeServer server(world.io, {});
  world.interrupt.request(SIGINT);
  check_interrupted(world.connect(settings_of(server.address())));
  CHECK(server.accepted() == 0);
}

TEST_CASE("interrupt: all who wait for a reply hear of it at once") {
  World world;
  FakeServer server(world.io, {});
  const Stopwatch stopwatch;
  auto client = world.open(settings_of(server.address()));
  REQUIRE(client);
  const InterruptSoon soon(world);
  std::vector<asio::awaitable<Result<Reply>>> requests;
  for (int i = 0; i < 3; ++i) requests.push_back((*client)->send({"GET", "k"}));
  for (const auto& reply : world.run(gather(std::move(requests)))) check_interrupted(reply);
  CHECK((*client)->lost());
  check_interrupted(world.run((*client)->send({"GET", "k"})));
  stopwatch.check();
}

TEST_CASE("interrupt: during the login") {
  World world;
  FakeServer server(world.io, {});
  const Stopwatch stopwatch;
  const InterruptSoon soon(world);
  check_interrupted(world.connect(settings_of(server.address())));
  stopwatch.check();
}

TEST_CASE("interrupt: during the TLS handshake") {
  const auto silent = test::listen_on("");
  auto settings = settings_of("rediss://127.0.0.1:" + std::to_string(test::port_of(silent)));
  World world;
  const Stopwatch stopwatch;
  const InterruptSoon soon(world);
  check_interrupted(world.connect(settings));
  stopwatch.check();
}

TEST_CASE("interrupt: while a host does not take the connection") {
  const auto full = test::listen_on("");
  const int port = test::port_of(full);
  std::vector<test::FileHandle> in_queue;
  for (int i = 0; i < 129; ++i)
    in_queue.push_back(test::connect_to("127.0.0.1:" + std::to_string(port)));
  World world;
  const Stopwatch stopwatch;
  const InterruptSoon soon(world);
  check_interrupted(world.connect(settings_of("redis://127.0.0.1:" + std::to_string(port))));
  stopwatch.check();
}

TEST_CASE("interrupt: while send_to_owner waits for a cluster that is down") {
  World world;
  std::vector<Turn> turns{{k_login, login_replies(k_info)}};
  for (int i = 0; i < 100; ++i) turns.push_back({1, "-CLUSTERDOWN Hash slot not served\r\n"});
  FakeServer server(world.io, turns);
  auto servers = world.connect(settings_of(server.address()));
  REQUIRE(servers);
  const Stopwatch stopwatch;
  const InterruptSoon soon(world);
  check_interrupted(world.run((*servers)->send_to_owner("k", {"GET", "k"})));
  stopwatch.check();
}

}  // namespace
}  // namespace rcache::redis
