#include "support/cluster.h"

#include <algorithm>
#include <map>
#include <sstream>

#include "support/deadline.h"
#include "support/failure.h"

namespace rcache::test {

Cluster::Cluster(std::size_t primaries, std::size_t replicas_each,
                 const std::vector<std::string>& arguments, const std::string& binary) {
  ServerOptions options;
  options.binary = binary;
  options.listen = Listen::tcp;
  options.cluster = true;
  // A replica is ready at once instead of after 5 s in which others could join it.
  options.arguments = {"--cluster-node-timeout",     "1000", "--repl-diskless-sync-delay", "0",
                       "--repl-ping-replica-period", "1"};
  options.arguments.insert(options.arguments.end(), arguments.begin(), arguments.end());
  for (std::size_t i = 0; i < primaries * (1 + replicas_each); ++i) {
    auto node = std::make_unique<Node>();
    node->server = std::make_unique<Server>(options);
    node->id = node->server->command({"CLUSTER", "MYID"}).text;
    nodes_.push_back(std::move(node));
  }
  join(primaries);
}

void Cluster::join(std::size_t primaries) {
  for (std::size_t i = 0; i < primaries; ++i) {
    const auto first = i * k_cluster_slots / primaries;
    const auto last = (i + 1) * k_cluster_slots / primaries - 1;
    // Epochs of their own from the start: the nodes need not settle collisions one after another.
    node(i).command({"CLUSTER", "SET-CONFIG-EPOCH", std::to_string(i + 1)});
    node(i).command({"CLUSTER", "ADDSLOTSRANGE", std::to_string(first), std::to_string(last)});
  }
  // Everybody meets everybody, for gossip would take its time.
  for (const auto& one : nodes_) {
    for (const auto& other : nodes_) {
      if (&one == &other) continue;
      one->server->command({"CLUSTER", "MEET", "127.0.0.1", std::to_string(other->server->port()),
                            std::to_string(other->server->bus_port())});
    }
  }
  for (std::size_t i = primaries; i < nodes_.size(); ++i) {
    const std::string& primary = id(i % primaries);
    wait_until("node " + std::to_string(i) + " can replicate", [&] {
      return !node(i).try_command({"CLUSTER", "REPLICATE", primary}).is_error();
    });
  }
  wait_until_ok();
}

std::string Cluster::url() const {
  return nodes_.front()->server->url();
}

std::size_t Cluster::first_running() {
  for (std::size_t i = 0; i < size(); ++i) {
    if (node(i).running()) return i;
  }
  throw Failure("no node of the cluster is running");
}

std::vector<std::size_t> Cluster::primaries() {
  std::vector<std::size_t> result;
  for (std::size_t i = 0; i < size(); ++i) {
    if (node(i).running() && node(i).command({"ROLE"})[0].text == "master") result.push_back(i);
  }
  return result;
}

std::size_t Cluster::index_of_port(long long port) {
  for (std::size_t i = 0; i < size(); ++i) {
    if (node(i).port() == port) return i;
  }
  throw Failure("no node of the cluster has port " + std::to_string(port));
}

int Cluster::slot_of(const std::string& key) {
  return static_cast<int>(node(first_running()).command({"CLUSTER", "KEYSLOT", key}).integer);
}

std::size_t Cluster::owner(int slot) {
  // A primary knows best what it serves itself; another one's view can be older.
  for (const std::size_t index : primaries()) {
    for (const Value& range : node(index).command({"CLUSTER", "SLOTS"}).items) {
      if (range[0].integer <= slot && slot <= range[1].integer &&
          range[2][1].integer == node(index).port()) {
        return index;
      }
    }
  }
  throw Failure("nobody serves slot " + std::to_string(slot));
}

Value Cluster::command_for(const std::string& key, const Words& words) {
  return node(owner(slot_of(key))).command(words);
}

std::vector<std::string> Cluster::set_keys(std::size_t count, const std::string& prefix) {
  constexpr std::size_t k_batch = 5000;
  std::vector<std::size_t> owners(k_cluster_slots, size());
  for (const Value& range : node(first_running()).command({"CLUSTER", "SLOTS"}).items) {
    const auto index = index_of_port(range[2][1].integer);
    std::fill(owners.begin() + range[0].integer, owners.begin() + range[1].integer + 1, index);
  }
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < count; ++i) keys.push_back(prefix + std::to_string(i));
  for (std::size_t begin = 0; begin < count; begin += k_batch) {
    const std::size_t end = std::min(count, begin + k_batch);
    std::vector<Words> questions;
    for (std::size_t i = begin; i < end; ++i) questions.push_back({"CLUSTER", "KEYSLOT", keys[i]});
    const auto slots = node(first_running()).pipeline(questions);
    std::map<std::size_t, std::vector<Words>> batches;
    for (std::size_t i = begin; i < end; ++i) {
      const auto slot = static_cast<std::size_t>(slots[i - begin].integer);
      batches[owners[slot]].push_back({"SET", keys[i], "value"});
    }
    for (const auto& [index, commands] : batches) {
      for (const Value& reply : node(index).pipeline(commands)) {
        if (reply.is_error())
          throw Failure("SET on node " + std::to_string(index) + ": " + reply.text);
      }
    }
  }
  return keys;
}

void Cluster::begin_move(int slot, std::size_t from, std::size_t to, std::size_t keys) {
  const std::string number = std::to_string(slot);
  node(to).command({"CLUSTER", "SETSLOT", number, "IMPORTING", id(from)});
  node(from).command({"CLUSTER", "SETSLOT", number, "MIGRATING", id(to)});
  if (keys > 0) migrate_some(slot, from, to, keys);
}

void Cluster::end_move(int slot, std::size_t from, std::size_t to) {
  while (migrate_some(slot, from, to, 100) > 0) {
  }
  // The new owner first: were the old one first, it would send clients to a node that still
  // refuses them (https://redis.io/docs/latest/commands/cluster-setslot/).
  auto others = primaries();
  std::erase(others, to);
  std::erase(others, from);
  others.insert(others.begin(), {to, from});
  for (const std::size_t index : others) {
    node(index).command({"CLUSTER", "SETSLOT", std::to_string(slot), "NODE", id(to)});
  }
  // The new owner has given itself a new epoch. A move that came before the others know of it could
  // take the same one for another node, and what settles that hands a slot back, without its keys.
  wait_until_ok();
}

void Cluster::move_slot(int slot, std::size_t from, std::size_t to) {
  begin_move(slot, from, to, 0);
  end_move(slot, from, to);
}

std::size_t Cluster::migrate_some(int slot, std::size_t from, std::size_t to, std::size_t keys) {
  const Value names =
      node(from).command({"CLUSTER", "GETKEYSINSLOT", std::to_string(slot), std::to_string(keys)});
  if (names.items.empty()) return 0;
  Words migrate{"MIGRATE", "127.0.0.1", std::to_string(node(to).port()), "", "0", "60000", "KEYS"};
  for (const Value& name : names.items) migrate.push_back(name.text);
  node(from).command(migrate);
  return names.items.size();
}

void Cluster::failover(std::size_t replica) {
  // Refused while the replica has not yet heard that its primary is well.
  wait_until("a failover to node " + std::to_string(replica) + " is accepted", [&] {
    return !node(replica).try_command({"CLUSTER", "FAILOVER"}).is_error();
  });
  wait_for_promotion(replica);
}

void Cluster::wait_for_promotion(std::size_t replica) {
  wait_until("node " + std::to_string(replica) + " becomes a primary",
             [&] { return node(replica).command({"ROLE"})[0].text == "master"; });
  wait_until_ok();
}

void Cluster::wait_until_ok() {
  wait_until("the nodes of the cluster agree", [this] { return agreed(); });
}

/// Who owns which slots since which epoch and who replicates whom, in an order that is the same on
/// every node.
std::string Cluster::slot_view(std::size_t index) {
  std::istringstream lines(node(index).command({"CLUSTER", "NODES"}).text);
  std::vector<std::string> view;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string its_id, address, flags, primary, ping, pong, epoch, link, slots;
    words >> its_id >> address >> flags >> primary >> ping >> pong >> epoch >> link;
    if (flags.find("handshake") != std::string::npos) return {};
    for (std::string word; words >> word;) {
      if (!word.starts_with('[')) slots += " " + word;  // an open slot shows on its own node alone
    }
    view.push_back(its_id + " " + primary + " " + epoch + slots);
  }
  if (view.size() != size()) return {};
  std::sort(view.begin(), view.end());
  std::string text;
  for (const std::string& line : view) text += line + "\n";
  return text;
}

bool Cluster::agreed() {
  std::string common;
  for (std::size_t i = 0; i < size(); ++i) {
    if (!node(i).running()) continue;
    const Value state = node(i).command({"CLUSTER", "INFO"});
    if (info_field(state.text, "cluster_state") != "ok") return false;
    const std::string view = slot_view(i);
    if (view.empty() || (!common.empty() && view != common)) return false;
    common = view;
    const std::string link = node(i).info("master_link_status");
    if (!link.empty() && link != "up") return false;
  }
  return true;
}

}  // namespace rcache::test
