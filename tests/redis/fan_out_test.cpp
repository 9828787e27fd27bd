#include "redis/fan_out.h"

#include <doctest/doctest.h>

#include "redis/asio.h"
#include "redis/replies.h"
#include "support/run.h"
#include "support/scripted_client.h"

namespace rcache::redis {
namespace {

/// A server that is gone.
class LostClient : public Client {
 public:
  asio::awaitable<Result<std::vector<Reply>>> pipeline(Commands) override {
    co_return fail(ErrorKind::connect, "lost");
  }
};

Node node_at(std::uint16_t port, std::shared_ptr<Client> client) {
  Node node;
  node.address = {.host = "h", .port = port, .socket_path = {}};
  node.client = std::move(client);
  return node;
}

TEST_CASE(
    "ask_every_node: one result per node, in their order; one that fails does not hide the "
    "others") {
  const auto answers = [](Reply reply) {
    return std::make_shared<test::ScriptedClient>(
        std::vector<test::Exchange>{{{"DBSIZE"}, std::move(reply)}});
  };
  auto deployment = std::make_shared<test::ScriptedDeployment>(
      Mode::cluster,
      std::vector<Node>{node_at(1, answers(number(7))), node_at(2, std::make_shared<LostClient>()),
                        node_at(3, answers(refused("NOPERM no"))), node_at(4, answers(number(9)))});
  const auto results = test::run(ask_every_node(deployment, {"DBSIZE"}));
  REQUIRE(results.size() == 4);
  CHECK(*results[0] == number(7));
  REQUIRE_FALSE(results[1]);
  CHECK(results[1].error().message == "lost");
  REQUIRE_FALSE(results[2]);
  CHECK(results[2].error().kind == ErrorKind::connect);
  CHECK(results[2].error().message == "h:3 does not allow it: NOPERM no");
  CHECK(*results[3] == number(9));
}

/// Waits for the other before it ends.
asio::awaitable<int> meet(std::shared_ptr<int> there, int wanted, int result) {
  ++*there;
  asio::steady_timer timer(co_await asio::this_coro::executor);
  while (*there < wanted) {
    timer.expires_after(std::chrono::milliseconds(0));
    co_await timer.async_wait(k_no_throw);
  }
  co_return result;
}

TEST_CASE("gather: all run at once, and the results keep the order of the tasks") {
  const auto there = std::make_shared<int>(0);
  std::vector<asio::awaitable<int>> tasks;
  for (int i = 0; i < 3; ++i) tasks.push_back(meet(there, 3, i));
  CHECK(test::run(gather(std::move(tasks))) == std::vector<int>{0, 1, 2});
  CHECK(test::run(gather(std::vector<asio::awaitable<int>>())).empty());
}

}  // namespace
}  // namespace rcache::redis
