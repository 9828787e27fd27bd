#include "redis/fan_out.h"

#include "redis/asio.h"
#include "redis/refusal.h"

namespace rcache::redis {
namespace {

asio::awaitable<Result<Reply>> ask_node(Node node, Args words) {
  auto reply = co_await node.client->send(std::move(words));
  if (!reply) co_return fail(std::move(reply).error());
  if (const auto* error = reply->error()) co_return fail(refusal(to_string(node.address), *error));
  co_return reply;
}

}  // namespace

asio::awaitable<std::vector<Result<Reply>>> ask_every_node(std::shared_ptr<Deployment> deployment,
                                                           Args words) {
  std::vector<asio::awaitable<Result<Reply>>> questions;
  for (const auto& node : deployment->nodes()) questions.push_back(ask_node(node, words));
  co_return co_await gather(std::move(questions));
}

}  // namespace rcache::redis
