#include <doctest/doctest.h>

#include "redis/live.h"
#include "redis/replies.h"
#include "support/relay.h"
#include "support/server.h"
#include "support/skip.h"

namespace rcache::redis {
namespace {

using test::Cut;
using test::Direction;
using test::Relay;
using test::Server;

/// Logs in and reads one key. A wrong value is the only outcome that is never right.
asio::awaitable<Result<Reply>> log_in_and_get(ConnectSettings settings, Interrupt& interrupt) {
  auto servers = co_await redis::connect(std::move(settings), interrupt);
  if (!servers) co_return fail(std::move(servers).error());
  if ((*servers)->nodes().front().identity.run_id.size() != 40)
    co_return bulk("a run_id that is none");
  Args words{"GET", "k"};
  co_return co_await (*servers)->send_to_owner("k", std::move(words));
}

struct Outcomes {
  int right = 0;
  int failed = 0;
};

/// Cuts each connection after so many bytes of one direction.
void run_with_cut(Relay& relay, Direction direction, std::size_t bytes, Cut cut,
                  Outcomes& outcomes) {
  CAPTURE(bytes);
  relay.set(direction, {.cut_after = bytes, .cut = cut});
  World world;
  const auto value = world.run(log_in_and_get(settings_of(relay.url()), world.interrupt));
  relay.set(direction, {});
  if (value) {
    CHECK(*value == bulk("the value"));
    ++outcomes.right;
    return;
  }
  check_error(value.error(), ErrorKind::connect, relay.address());
  ++outcomes.failed;
}

TEST_CASE("cuts: at every byte of login and answer the outcome is the right value or an error") {
  RCACHE_NEED_SERVER("redis");
  Server server({.password = "p"});
  server.command({"SET", "k", "the value"});
  Relay relay(server.address());
  {
    World world;
    auto settings = settings_of(relay.url());
    settings.endpoint.password = "p";
    REQUIRE(world.run(log_in_and_get(settings, world.interrupt)));
  }
  // A whole conversation without AUTH, so that its length is the same each time.
  server.command({"CONFIG", "SET", "requirepass", ""});
  Relay measured(server.address());
  {
    World world;
    const auto value = world.run(log_in_and_get(settings_of(measured.url()), world.interrupt));
    REQUIRE(value);
    CHECK(*value == bulk("the value"));
  }
  const auto up = measured.recorded(Direction::up).size();
  const auto down = measured.recorded(Direction::down).size();
  CHECK(down > 1000);
  for (const auto cut : {Cut::fin, Cut::rst}) {
    Outcomes outcomes;
    for (std::size_t bytes = 0; bytes <= up; ++bytes)
      run_with_cut(relay, Direction::up, bytes, cut, outcomes);
    CHECK(outcomes.failed >= static_cast<int>(up) - 1);
    outcomes = {};
    // INFO changes its length by some bytes from one time to the next.
    for (std::size_t bytes = 0; bytes <= down; ++bytes)
      run_with_cut(relay, Direction::down, bytes, cut, outcomes);
    CHECK(outcomes.failed >= static_cast<int>(down) - 50);
  }
}

}  // namespace
}  // namespace rcache::redis
