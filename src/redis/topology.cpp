#include "redis/topology.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "core/key.h"
#include "redis/asio.h"
#include "redis/connection.h"
#include "redis/lineage.h"
#include "redis/login.h"
#include "redis/monitor.h"
#include "redis/redirect.h"
#include "redis/refusal.h"
#include "redis/sentinel.h"
#include "redis/shard_choice.h"
#include "redis/slot.h"
#include "redis/slot_map.h"

namespace rcache::redis {
namespace {

using Instant = std::chrono::steady_clock::time_point;

/// A node that let us in, with all that it said.
struct Entered {
  Node node;
  Info info;
};

class LiveDeployment : public Deployment {
 public:
  LiveDeployment(ConnectSettings settings, Interrupt& interrupt)
      : settings_(std::move(settings)), interrupt_(interrupt) {}

  Mode mode() const override { return mode_; }
  const std::vector<Node>& nodes() const override { return nodes_; }
  const std::vector<Gap>& gaps() const override { return gaps_; }
  asio::awaitable<Result<void>> refresh() override;
  asio::awaitable<Result<std::shared_ptr<Client>>> open_another(Node node) override;
  asio::awaitable<Result<std::shared_ptr<Monitor>>> open_monitor(Node node) override;
  asio::awaitable<Result<Reply>> send_to_owner(std::string key, Args words) override;

 private:
  asio::awaitable<Result<Entered>> enter(Address address);
  asio::awaitable<Result<Entered>> enter_anywhere();
  asio::awaitable<Result<Entered>> enter_by_sentinel();
  asio::awaitable<Result<Entered>> enter_replica_of(Entered primary);
  asio::awaitable<Result<std::vector<MapNode>>> read_slot_map(Node from);
  asio::awaitable<Result<void>> spread_over_cluster(Node from);
  asio::awaitable<Result<Node>> enter_cluster_node(MapNode wanted);
  asio::awaitable<Result<Reply>> follow(Address target, bool asking, Args words);

  struct Owner {
    std::shared_ptr<Client> client;
    std::string host;
  };
  Result<Owner> owner_of(std::string_view key) const;

  ConnectSettings settings_;
  Interrupt& interrupt_;
  Mode mode_ = Mode::standalone;
  std::vector<Node> nodes_;
  std::vector<Gap> gaps_;
  std::map<Address, std::shared_ptr<Connection>> open_;

  Lineage lineage_;  ///< what was agreed to was one data set
};

tl::unexpected<Error> another_server(const Address& address) {
  return fail(
      ErrorKind::connect,
      fmt::format("another server answers at {} by now, with other data", to_string(address)),
      "its name or address leads elsewhere than at the start: look where, and run it again");
}

asio::awaitable<Result<void>> pause(std::chrono::milliseconds duration, Interrupt& interrupt) {
  asio::steady_timer timer(co_await asio::this_coro::executor, duration);
  const InterruptGuard stop(interrupt, [&timer] { timer.cancel(); });
  co_await timer.async_wait(k_no_throw);
  if (interrupt.insisted()) co_return fail(ErrorKind::interrupted, "interrupted");
  co_return Result<void>();
}

/// Comes in at one address, over the connection that is there already if it still is one. Who
/// answers is asked anew in any case.
asio::awaitable<Result<Entered>> LiveDeployment::enter(Address address) {
  std::shared_ptr<Connection> connection;
  Result<std::vector<Reply>> replies;
  if (const auto known = open_.find(address); known != open_.end() && !known->second->lost()) {
    const auto deadline = std::chrono::steady_clock::now() + settings_.reply_timeout;
    connection = known->second;
    replies = co_await connection->pipeline(login_commands(settings_.endpoint));
    // The server may have gone and come back without our notice: then a new connection leads to it.
    // One that let the deadline pass is not asked twice.
    const bool gone = !replies && replies.error().kind == ErrorKind::connect;
    if (gone && std::chrono::steady_clock::now() < deadline) connection = nullptr;
  }
  const bool is_new = !connection;
  if (is_new) {
    auto opened = co_await Connection::open(address, settings_, interrupt_);
    if (!opened) co_return fail(std::move(opened).error());
    connection = std::move(*opened);
    open_.insert_or_assign(address, connection);
    replies = co_await connection->pipeline(login_commands(settings_.endpoint));
  }
  if (!replies) co_return fail(std::move(replies).error());
  auto welcome = read_login(address, settings_.endpoint, *replies);
  if (!welcome) co_return fail(std::move(welcome).error());
  if (is_new && takes_no_touch(welcome->identity)) {
    Args words{"CLIENT", "NO-TOUCH", "ON"};
    // A courtesy as well: a user who may not send it reads all the same.
    auto touched = co_await connection->send(std::move(words));
    if (!touched) co_return fail(std::move(touched).error());
  }
  Node node{.address = std::move(address),
            .identity = welcome->identity,
            .slots = {},
            .client = connection};
  co_return Entered{std::move(node), std::move(welcome->info)};
}

asio::awaitable<Result<Entered>> LiveDeployment::enter_anywhere() {
  if (settings_.endpoint.kind == Endpoint::Kind::sentinel) co_return co_await enter_by_sentinel();
  auto entered = co_await enter(settings_.endpoint.addresses.front());
  if (entered || mode_ != Mode::cluster || entered.error().kind == ErrorKind::interrupted)
    co_return entered;
  // A cluster whose first address is gone is still a cluster: ask those that we know.
  for (const auto& node : std::vector<Node>(nodes_)) {
    auto other = co_await enter(node.address);
    if (other) co_return other;
  }
  co_return entered;
}

/// Sentinels can be behind for a moment, and an old primary can still answer: only ROLE tells.
asio::awaitable<Result<Entered>> LiveDeployment::enter_by_sentinel() {
  const Instant deadline = std::chrono::steady_clock::now() + settings_.reply_timeout;
  if (settings_.read_from == ReadFrom::replica) {
    auto replicas = co_await ask_for_replicas(settings_, interrupt_);
    if (!replicas) co_return fail(std::move(replicas).error());
    Error last{ErrorKind::connect,
               fmt::format("the sentinels know no reachable replica of '{}'",
                           printable(settings_.endpoint.sentinel_primary)),
               "leave --replica out to read from the primary"};
    for (const auto& address : *replicas) {
      auto entered = co_await enter(address);
      if (entered && entered->node.identity.role == "slave") co_return entered;
      if (!entered) last = std::move(entered).error();
    }
    co_return fail(std::move(last));
  }
  while (true) {
    auto named = co_await ask_for_primary(settings_, interrupt_);
    if (!named) co_return fail(std::move(named).error());
    Error last;
    for (const auto& address : *named) {
      auto entered = co_await enter(address);
      if (entered && entered->node.identity.role != "slave") co_return entered;
      last = entered
                 ? Error{ErrorKind::connect,
                         fmt::format(
                             "the sentinels name {} as the primary of '{}', but it is a replica",
                             to_string(address), printable(settings_.endpoint.sentinel_primary)),
                         "a failover may be under way: try again"}
                 : std::move(entered).error();
    }
    if (last.kind == ErrorKind::interrupted || std::chrono::steady_clock::now() >= deadline)
      co_return fail(std::move(last));
    if (auto paused = co_await pause(std::chrono::milliseconds(200), interrupt_); !paused) {
      co_return fail(std::move(paused).error());
    }
  }
}

/// A replica in the place of its primary, as INFO replication names them: "slave0" is
/// "ip=10.0.0.8,port=6379,state=online,...".
asio::awaitable<Result<Entered>> LiveDeployment::enter_replica_of(Entered primary) {
  Error last{ErrorKind::connect,
             fmt::format("{} has no replica that is online", to_string(primary.node.address)),
             "leave --replica out to read from the primary"};
  for (const auto& [number, value] : primary.info.with_prefix("slave")) {
    const auto parts = parse_info_pairs(value);
    const auto ip = parts.find("ip");
    const auto port_text = parts.find("port");
    const auto state = parts.find("state");
    if (ip == parts.end() || port_text == parts.end() || state == parts.end() ||
        state->second != "online")
      continue;
    const auto port = parse_integer(port_text->second);
    if (!port || *port <= 0 || *port > 65535) continue;
    Address address{.host = std::string(ip->second),
                    .port = static_cast<std::uint16_t>(*port),
                    .socket_path = {}};
    auto entered = co_await enter(std::move(address));
    if (entered) co_return entered;
    last = std::move(entered).error();
  }
  co_return fail(std::move(last));
}

asio::awaitable<Result<std::vector<MapNode>>> LiveDeployment::read_slot_map(Node from) {
  const bool tls = settings_.endpoint.tls.enabled;
  Args shards_words{"CLUSTER", "SHARDS"};
  auto shards = co_await from.client->send(std::move(shards_words));
  if (!shards) co_return fail(std::move(shards).error());
  if (shards->error() == nullptr) co_return parse_cluster_shards(*shards, from.address, tls);
  Args slots_words{"CLUSTER", "SLOTS"};
  auto slots = co_await from.client->send(std::move(slots_words));
  if (!slots) co_return fail(std::move(slots).error());
  if (slots->error() == nullptr) co_return parse_cluster_slots(*slots, from.address);
  Args nodes_words{"CLUSTER", "NODES"};
  auto nodes = co_await from.client->send(std::move(nodes_words));
  if (!nodes) co_return fail(std::move(nodes).error());
  if (const auto* text = nodes->get<std::string>())
    co_return parse_cluster_nodes(*text, from.address);
  const auto* error = nodes->error();
  co_return fail(error != nullptr
                     ? refusal(to_string(from.address), *error)
                     : Error{ErrorKind::protocol, "cannot read the reply of CLUSTER NODES"});
}

/// Comes in at a node of the cluster and makes sure that it is the one that the map means.
asio::awaitable<Result<Node>> LiveDeployment::enter_cluster_node(MapNode wanted) {
  auto entered = co_await enter(wanted.address);
  if (!entered) co_return fail(std::move(entered).error());
  Node node = std::move(entered->node);
  node.slots = wanted.slots;
  node.identity.node_id = wanted.id;
  Args words{"CLUSTER", "MYID"};
  auto id = co_await node.client->send(std::move(words));
  if (!id) co_return fail(std::move(id).error());
  const auto* text = id->get<std::string>();
  if (text != nullptr && !wanted.id.empty() && *text != wanted.id) {
    co_return fail(ErrorKind::connect,
                   fmt::format("{} is another node of the cluster than the slot map says",
                               to_string(wanted.address)));
  }
  if (settings_.read_from == ReadFrom::replica) {
    Args readonly{"READONLY"};
    auto allowed = co_await node.client->send(std::move(readonly));
    if (!allowed) co_return fail(std::move(allowed).error());
  }
  co_return node;
}

asio::awaitable<Result<void>> LiveDeployment::spread_over_cluster(Node from) {
  auto map = co_await read_slot_map(from);
  if (!map) co_return fail(std::move(map).error());
  std::vector<std::string> ids;
  for (const auto& node : *map) ids.push_back(node.id);
  if (!lineage_.continues_in(ids)) co_return another_server(from.address);
  std::vector<Gap> gaps;
  const auto chosen = choose_nodes(*map, settings_.read_from, gaps);
  std::vector<asio::awaitable<Result<Node>>> visits;
  for (const auto& node : chosen) visits.push_back(enter_cluster_node(node));
  auto visited = co_await gather(std::move(visits));
  std::vector<Node> nodes;
  for (std::size_t i = 0; i < visited.size(); ++i) {
    if (visited[i]) {
      nodes.push_back(std::move(*visited[i]));
    } else {
      if (visited[i].error().kind == ErrorKind::interrupted)
        co_return fail(std::move(visited[i]).error());
      gaps.push_back({to_string(chosen[i].address), visited[i].error().message, chosen[i].slots});
    }
  }
  if (nodes.empty()) {
    co_return fail(
        ErrorKind::connect,
        gaps.empty() ? "the cluster has no node that serves slots"
                     : fmt::format("no node of the cluster can be used; {}: {}", gaps.front().what,
                                   gaps.front().why),
        "the cluster announces the addresses of its nodes; they must be reachable from here");
  }
  std::sort(nodes.begin(), nodes.end(),
            [](const Node& a, const Node& b) { return a.address < b.address; });
  nodes_ = std::move(nodes);
  gaps_ = std::move(gaps);
  co_return Result<void>();
}

asio::awaitable<Result<void>> LiveDeployment::refresh() {
  auto entered = co_await enter_anywhere();
  if (!entered) co_return fail(std::move(entered).error());
  const auto& identity = entered->node.identity;
  if (identity.mode == "sentinel") {
    co_return fail(ErrorKind::connect,
                   fmt::format("{} is a sentinel, not a server", to_string(entered->node.address)),
                   "write redis-sentinel://HOST:PORT/NAME to reach the primary that it watches");
  }
  if (identity.mode == "cluster" && !settings_.this_node_only) {
    mode_ = Mode::cluster;
    co_return co_await spread_over_cluster(std::move(entered->node));
  }
  mode_ = Mode::standalone;
  if (settings_.read_from == ReadFrom::replica && identity.role == "master") {
    entered = co_await enter_replica_of(std::move(*entered));
    if (!entered) co_return fail(std::move(entered).error());
  }
  if (!lineage_.continues_in(entered->node.identity, std::chrono::steady_clock::now()))
    co_return another_server(entered->node.address);
  nodes_.clear();
  nodes_.push_back(std::move(entered->node));
  gaps_.clear();
  co_return Result<void>();
}

Result<LiveDeployment::Owner> LiveDeployment::owner_of(std::string_view key) const {
  if (const auto* node = redis::owner_of(*this, key))
    return Owner{node->client, node->address.host};
  return fail(ErrorKind::connect, fmt::format("no reachable node serves slot {}", key_slot(key)));
}

asio::awaitable<Result<std::shared_ptr<Client>>> LiveDeployment::open_another(Node node) {
  auto opened = co_await Connection::open(node.address, settings_, interrupt_);
  if (!opened) co_return fail(std::move(opened).error());
  auto replies = co_await (*opened)->pipeline(login_commands(settings_.endpoint));
  if (!replies) co_return fail(std::move(replies).error());
  auto welcome = read_login(node.address, settings_.endpoint, *replies);
  if (!welcome) co_return fail(std::move(welcome).error());
  if (welcome->identity.run_id != node.identity.run_id) {
    co_return fail(ErrorKind::connect,
                   fmt::format("another server answers at {} by now", to_string(node.address)));
  }
  co_return std::shared_ptr<Client>(std::move(*opened));
}

asio::awaitable<Result<std::shared_ptr<Monitor>>> LiveDeployment::open_monitor(Node node) {
  co_return co_await redis::open_monitor(std::move(node), settings_, interrupt_);
}

asio::awaitable<Result<Reply>> LiveDeployment::follow(Address target, bool asking, Args words) {
  if (!open_.contains(target) || open_.at(target)->lost()) {
    if (auto entered = co_await enter(target); !entered) co_return fail(std::move(entered).error());
  }
  const auto client = open_.at(target);
  Commands commands;
  if (asking) commands.add({"ASKING"});
  commands.add(words);
  auto replies = co_await client->pipeline(std::move(commands));
  if (!replies) co_return fail(std::move(replies).error());
  co_return std::move(replies->back());
}

asio::awaitable<Result<Reply>> LiveDeployment::send_to_owner(std::string key, Args words) {
  constexpr int k_max_hops = 5;
  const Instant deadline = std::chrono::steady_clock::now() + settings_.reply_timeout;
  auto wait = std::chrono::milliseconds(50);
  auto owner = owner_of(key);
  if (!owner) co_return fail(std::move(owner).error());
  auto reply = co_await owner->client->send(words);
  auto host = owner->host;  // of the one that answered
  int hops = 0;
  while (reply) {
    const auto* error = reply->error();
    if (error == nullptr) co_return reply;
    const auto code = error->code();
    if (code == "MOVED" || code == "ASK") {
      const bool asking = code == "ASK";
      const auto target = redirected_to(*error, host);
      if (!target || ++hops > k_max_hops) co_return reply;
      if (!asking) {
        // The map is old; the rest of the run should not pay for it again.
        if (auto refreshed = co_await refresh(); !refreshed)
          co_return fail(std::move(refreshed).error());
      }
      host = target->host;
      reply = co_await follow(*target, asking, words);
      continue;
    }
    if (code != "TRYAGAIN" && code != "CLUSTERDOWN" && code != "LOADING") co_return reply;
    if (std::chrono::steady_clock::now() + wait > deadline) co_return reply;
    if (auto paused = co_await pause(wait, interrupt_); !paused)
      co_return fail(std::move(paused).error());
    wait = std::min(wait * 2, std::chrono::milliseconds(1000));
    owner = owner_of(key);
    if (!owner) co_return fail(std::move(owner).error());
    hops = 0;
    reply = co_await owner->client->send(words);
    host = owner->host;
  }
  co_return reply;
}

}  // namespace

asio::awaitable<Result<std::shared_ptr<Deployment>>> connect(ConnectSettings settings,
                                                             Interrupt& interrupt) {
  auto deployment = std::make_shared<LiveDeployment>(std::move(settings), interrupt);
  if (auto found = co_await deployment->refresh(); !found) co_return fail(std::move(found).error());
  co_return std::shared_ptr<Deployment>(std::move(deployment));
}

}  // namespace rcache::redis
