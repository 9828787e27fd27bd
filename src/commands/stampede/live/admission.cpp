#include "commands/stampede/live/admission.h"

#include <fmt/format.h>

#include <algorithm>

#include "commands/confirmation.h"
#include "commands/stampede/live/locks.h"
#include "commands/stampede/live/scripts.h"
#include "core/units.h"
#include "redis/refusal.h"
#include "redis/slot.h"

namespace rcache::stampede::live {
namespace {

constexpr std::size_t k_keys_per_exists = 500;

/// All locks but that of lock-retry, which is released with GET and DEL, are released by a script.
bool needs_scripts(Strategy strategy) {
  return uses_lock(strategy) && strategy != Strategy::lock_retry;
}

/// The node that will hold all keys: they carry one hash tag.
Result<redis::Node> node_for(const redis::Deployment& servers, const Names& names) {
  if (servers.mode() != redis::Mode::cluster) return servers.nodes().front();
  if (const auto* owner = redis::owner_of(servers, names.marker())) return *owner;
  return fail(ErrorKind::connect,
              fmt::format("no reachable node of the cluster serves slot {}",
                          redis::key_slot(names.marker())),
              "try again: each run takes another slot");
}

asio::awaitable<Result<void>> check_node(redis::Node node, Scenario scenario) {
  const auto where = to_string(node.address);
  redis::Args words{"INFO"};
  const auto reply = co_await node.client->send(std::move(words));
  if (!reply) co_return fail(reply.error());
  if (const auto* error = reply->error()) co_return fail(redis::refusal(where, *error));
  const auto* text = reply->get<std::string>();
  const Info info(text == nullptr ? std::string_view() : std::string_view(*text));
  co_return check_server(where, info, memory_needed(scenario));
}

/// Whoever would be surprised by the traffic must have agreed to it.
asio::awaitable<Result<void>> get_permission(Context& context, redis::Address address,
                                             Scenario scenario, std::optional<std::string> yes) {
  if (is_local(address) && !context.safety.production && !yes) co_return Result<void>();
  const auto where = to_string(address);
  const auto load = scenario.clients > 0 ? fmt::format("{} clients", format_count(scenario.clients))
                                         : format_rate(scenario.rate);
  const auto allowed =
      permission(context, yes, fmt::format("traffic ({}) would be sent to {}", load, where),
                 Alternative::none);
  if (!allowed) co_return fail(allowed.error());
  if (*allowed == Permission::given) co_return Result<void>();
  auto text = fmt::format(
      "{} would get {} of test traffic, under throwaway keys with a TTL, for {} a strategy.", where,
      load, format_seconds(seconds(planned_span(scenario))));
  auto agreed = co_await ask(context, std::move(text), "Send it");
  if (!agreed) co_return fail(std::move(agreed).error());
  if (!*agreed)
    co_return fail(ErrorKind::refused, "no test traffic was sent", "nothing was touched");
  co_return Result<void>();
}

tl::unexpected<Error> in_use(const Names& names) {
  return fail(ErrorKind::refused, fmt::format("{} is in use already", names.prefix()),
              "nothing was written; another run has another prefix: try again");
}

/// Proves that no key has one of our names.
asio::awaitable<Result<void>> check_names(redis::Node node, Names names,
                                          std::vector<Strategy> strategies, std::uint32_t keys) {
  for (const auto strategy : strategies) {
    const auto all = names.all(strategy, keys);
    for (std::size_t at = 0; at < all.size(); at += k_keys_per_exists) {
      const auto end = std::min(all.size(), at + k_keys_per_exists);
      redis::Args words{"EXISTS"};
      words.insert(words.end(), all.begin() + static_cast<std::ptrdiff_t>(at),
                   all.begin() + static_cast<std::ptrdiff_t>(end));
      const auto reply = co_await node.client->send(std::move(words));
      if (!reply) co_return fail(reply.error());
      if (const auto* error = reply->error())
        co_return fail(redis::refusal(to_string(node.address), *error));
      const auto* there = reply->get<std::int64_t>();
      if (there == nullptr || *there != 0) co_return in_use(names);
    }
  }
  co_return Result<void>();
}

/// Takes the prefix, and finds out whether we may do all that a run does, before it is begun.
asio::awaitable<Result<void>> take_prefix(redis::Node node, Names names, bool scripts,
                                          std::chrono::milliseconds life) {
  const auto value = names.value(0);
  const auto life_ms = fmt::format_int(life.count()).str();
  redis::Commands commands;
  commands.add({"UNLINK", value});
  commands.add({"GET", value});
  commands.add({"PTTL", value});
  if (scripts) commands.add({"EVAL", k_release_script, "1", names.lock(0), "nobody"});
  commands.add({"SET", names.marker(), "1", "NX", "PX", life_ms});
  const auto replies = co_await node.client->pipeline(std::move(commands));
  if (!replies) co_return fail(replies.error());
  for (const auto& reply : *replies) {
    if (const auto* error = reply.error())
      co_return fail(redis::refusal(to_string(node.address), *error));
  }
  if (replies->back().get<redis::Status>() == nullptr) co_return in_use(names);
  co_return Result<void>();
}

asio::awaitable<Result<void>> open_connections(std::shared_ptr<Bed> bed, std::uint32_t count) {
  for (std::uint32_t number = 0; number < count; ++number) {
    auto opened = co_await bed->servers->open_another(bed->node);
    if (!opened) co_return fail(std::move(opened).error());
    bed->connections.push_back(std::move(*opened));
  }
  co_return Result<void>();
}

}  // namespace

asio::awaitable<Result<std::shared_ptr<const Bed>>> prepare(Context& context, Scenario scenario,
                                                            std::vector<Strategy> strategies,
                                                            std::optional<std::string> yes,
                                                            std::uint64_t random) {
  const Names names(run_word(random));
  auto servers = co_await context.connect();
  if (!servers) co_return fail(std::move(servers).error());
  auto node = node_for(**servers, names);
  if (!node) co_return fail(std::move(node).error());
  if (auto fit = co_await check_node(*node, scenario); !fit) co_return fail(std::move(fit).error());
  if (auto agreed = co_await get_permission(context, node->address, scenario, yes); !agreed)
    co_return fail(std::move(agreed).error());
  if (auto unused = co_await check_names(*node, names, strategies, scenario.keys); !unused)
    co_return fail(std::move(unused).error());

  const bool scripts = std::any_of(strategies.begin(), strategies.end(), needs_scripts);
  const Nanos life = static_cast<Nanos>(strategies.size()) * planned_span(scenario) +
                     longest_ttl(scenario) + 60 * k_second;
  auto taken =
      co_await take_prefix(*node, names, scripts, std::chrono::milliseconds(life / k_millisecond));
  if (!taken) co_return fail(std::move(taken).error());
  const auto bed = std::make_shared<Bed>(Bed{std::move(*servers), std::move(*node), {}, names, {}});
  auto opened = co_await open_connections(bed, std::min(scenario.processes, k_most_connections));
  if (opened && scripts) {
    auto hashes = co_await load_scripts(bed->node.client);
    if (hashes) bed->scripts = std::move(*hashes);
  }
  if (!opened) {
    std::vector<std::string> marker{names.marker()};
    co_await remove_keys(bed, std::move(marker));
    co_return fail(std::move(opened).error());
  }
  co_return std::shared_ptr<const Bed>(bed);
}

}  // namespace rcache::stampede::live
