#include "commands/stats/sampling.h"

#include <fmt/format.h>

#include "redis/fan_out.h"

namespace rcache::stats {
namespace {

Result<NodeStats> read_reply(const redis::Node& node, const redis::Reply& reply,
                             std::int64_t now_unix_ms) {
  const auto* info = reply.get<std::string>();
  if (info == nullptr) {
    return fail(ErrorKind::protocol, fmt::format("{} answered INFO with something else than text",
                                                 to_string(node.address)));
  }
  return read_node({.address = to_string(node.address),
                    .flavor = node.identity.flavor,
                    .version = node.identity.version,
                    .mode = node.identity.mode,
                    .role = node.identity.role,
                    .run_id = node.identity.run_id,
                    .received_unix_ms = now_unix_ms,
                    .info = Info(*info)});
}

}  // namespace

asio::awaitable<Result<Sample>> take_sample(Context& context, Servers servers) {
  redis::Args words{"INFO", "everything"};
  const auto replies = co_await redis::ask_every_node(servers, std::move(words));
  Sample sample;
  std::optional<Error> first_error;
  for (std::size_t i = 0; i < replies.size(); ++i) {
    const auto& node = servers->nodes()[i];
    auto stats = replies[i] ? read_reply(node, *replies[i], context.clock.unix_milliseconds())
                            : Result<NodeStats>(fail(replies[i].error()));
    if (stats) {
      sample.nodes.push_back(std::move(*stats));
    } else {
      sample.gaps.push_back(stats.error().message);
      if (!first_error) first_error = std::move(stats).error();
    }
  }
  for (const auto& gap : servers->gaps())
    sample.gaps.push_back(fmt::format("{}: {}", gap.what, gap.why));
  if (sample.nodes.empty()) co_return fail(std::move(*first_error));
  co_return sample;
}

StatsReport report_on(const Sample& sample, const Options& options, const Snapshot* since) {
  return make_report(sample.nodes, {.limits = options.limits(),
                                    .per_node = options.nodes(),
                                    .since = since,
                                    .gaps = sample.gaps});
}

}  // namespace rcache::stats
