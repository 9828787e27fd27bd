#include "commands/restore/nodes.h"

#include <fmt/format.h>

#include "commands/restore/answer.h"
#include "redis/asio.h"
#include "redis/server_time.h"
#include "redis/slot.h"

namespace rcache::restore {
namespace {

using redis::Node;
using redis::Reply;

/// Where TIME is forbidden, INFO may still tell.
asio::awaitable<Result<std::optional<std::int64_t>>> time_in_info(
    std::shared_ptr<redis::Client> client) {
  redis::Args words{"INFO", "server"};
  auto reply = co_await client->send(std::move(words));
  if (!reply) co_return fail(std::move(reply).error());
  auto moment = info_in(*reply).integer("server_time_usec");
  if (moment) moment = *moment / 1000;
  co_return moment;
}

Error tells_no_time(const Node& node, const Reply& reply) {
  return {ErrorKind::connect,
          fmt::format("{} does not tell its time ({}): nobody knows which keys have expired",
                      to_string(node.address), words_of(reply)),
          "allow the command TIME (ACL SETUSER ... +time), or give --ttl remaining"};
}

asio::awaitable<Result<NodeState>> ask(Context& context, Node node, TtlMode ttl) {
  const auto asked_at = context.clock.now();
  redis::Commands commands;
  commands.add({"TIME"});
  commands.add({"INFO", "stats"});
  commands.add({"INFO", "memory"});
  auto replies = co_await node.client->pipeline(std::move(commands));
  if (!replies) co_return fail(std::move(replies).error());
  NodeState state;
  state.run_id = node.identity.run_id;
  state.at_start = read_memory(info_in((*replies)[1]), info_in((*replies)[2]));
  state.latest = state.at_start;
  auto moment = redis::read_server_time((*replies)[0]);
  if (!moment) {
    auto told = co_await time_in_info(node.client);
    if (!told) co_return fail(std::move(told).error());
    moment = *told;
  }
  if (!moment && ttl == TtlMode::keep) co_return fail(tells_no_time(node, (*replies)[0]));
  if (moment) state.clock.emplace(*moment, asked_at);
  co_return state;
}

}  // namespace

Info info_in(const Reply& reply) {
  const auto* text = reply.get<std::string>();
  return text != nullptr ? Info(*text) : Info();
}

std::int64_t ServerClock::unix_ms(Clock::Instant now) const {
  return unix_ms_ + std::chrono::duration_cast<std::chrono::milliseconds>(now - asked_at_).count();
}

asio::awaitable<Result<void>> Nodes::survey() {
  std::vector<Node> unknown;
  std::vector<asio::awaitable<Result<NodeState>>> questions;
  for (const auto& node : servers_->nodes()) {
    if (!knows(node)) unknown.push_back(node);
  }
  for (const auto& node : unknown) questions.push_back(ask(context_, node, ttl_));
  auto answers = co_await redis::gather(std::move(questions));
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (!answers[i]) co_return fail(std::move(answers[i]).error());
    states_.insert_or_assign(unknown[i].address, std::move(*answers[i]));
  }
  co_return Result<void>();
}

const Node* Nodes::owner_of(std::string_view key) const {
  return redis::owner_of(*servers_, key);
}

std::string Nodes::missing_owner(std::string_view key) const {
  const auto slot = redis::key_slot(key);
  for (const auto& gap : servers_->gaps()) {
    if (gap.slots[slot]) return fmt::format("{}: {}", gap.what, gap.why);
  }
  return fmt::format("no reachable node serves slot {}", slot);
}

bool Nodes::knows(const Node& node) const {
  const auto found = states_.find(node.address);
  return found != states_.end() && found->second.run_id == node.identity.run_id;
}

std::int64_t Nodes::unix_ms(const Node& node) const {
  const auto& clock = state(node).clock;
  return clock ? clock->unix_ms(context_.clock.now()) : 0;
}

}  // namespace rcache::restore
