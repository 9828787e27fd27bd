#include "redis/slot_map.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "core/info.h"
#include "core/key.h"

namespace rcache::redis {
namespace {

tl::unexpected<Error> bad_shape(std::string_view command, std::string_view what) {
  return fail(ErrorKind::protocol, fmt::format("cannot read the reply of {}: {}", command, what));
}

std::string text_of(const Reply& reply) {
  if (const auto* bulk = reply.get<std::string>()) return *bulk;
  if (const auto* status = reply.get<Status>()) return status->text;
  return {};
}

bool is_port(std::int64_t port) {
  return port > 0 && port <= 65535;
}

/// A node that does not know its own name announces "", nil or "?": it is where we asked.
Address announced(std::string host, std::int64_t port, const Address& asked) {
  if (host.empty() || host == "?") host = asked.host.empty() ? "127.0.0.1" : asked.host;
  return {.host = std::move(host), .port = static_cast<std::uint16_t>(port), .socket_path = {}};
}

bool add_range(SlotSet& slots, std::int64_t first, std::int64_t last) {
  if (first < 0 || last < first || last >= static_cast<std::int64_t>(k_slot_count)) return false;
  for (auto slot = first; slot <= last; ++slot) slots.set(static_cast<std::size_t>(slot));
  return true;
}

/// RESP2 sends a map as a flat array: name, value, name, value.
std::map<std::string, const Reply*> as_map(const Reply& reply) {
  std::map<std::string, const Reply*> fields;
  if (const auto* flat = reply.get<std::vector<Reply>>()) {
    for (std::size_t i = 0; i + 1 < flat->size(); i += 2)
      fields[text_of((*flat)[i])] = &(*flat)[i + 1];
  }
  return fields;
}

std::optional<MapNode> shard_node(const Reply& reply, const Address& asked, bool tls) {
  const auto fields = as_map(reply);
  const auto text = [&](const char* name) {
    const auto found = fields.find(name);
    return found == fields.end() ? std::string() : text_of(*found->second);
  };
  const auto number = [&](const char* name) -> std::int64_t {
    const auto found = fields.find(name);
    if (found == fields.end()) return 0;
    const auto* value = found->second->get<std::int64_t>();
    return value == nullptr ? 0 : *value;
  };
  const auto plain_port = number("port");
  const auto tls_port = number("tls-port");
  const auto port = (tls && tls_port != 0) || plain_port == 0 ? tls_port : plain_port;
  if (!is_port(port)) return std::nullopt;
  MapNode node;
  // No endpoint at all (nil) means: where we asked, as its IP cannot be reached. "?" is a missing
  // host name.
  const auto endpoint = fields.find("endpoint");
  const bool where_asked = endpoint != fields.end() && endpoint->second->get<Nil>() != nullptr;
  auto host = text("endpoint");
  if (!where_asked && (host.empty() || host == "?")) host = text("ip");
  node.address = announced(std::move(host), port, asked);
  node.id = text("id");
  node.primary = text("role") == "master";
  node.online = text("health") != "fail" && text("health") != "failed";
  return node;
}

struct NodesLine {
  std::string id;
  std::string endpoint;
  std::string flags;
  std::string primary_id;
  std::string epoch;
  bool linked = true;
  std::vector<std::string> slots;
};

std::optional<NodesLine> split_nodes_line(std::string_view line) {
  std::vector<std::string> words;
  while (!line.empty()) {
    const auto space = line.find(' ');
    if (space != 0) words.emplace_back(line.substr(0, space));
    if (space == std::string_view::npos) break;
    line.remove_prefix(space + 1);
  }
  if (words.size() < 8) return std::nullopt;
  NodesLine parsed{words[0], words[1], words[2], words[3], words[6], words[7] == "connected", {}};
  parsed.slots.assign(words.begin() + 8, words.end());
  return parsed;
}

bool has_flag(const NodesLine& line, std::string_view flag) {
  return fmt::format(",{},", line.flags).find(fmt::format(",{},", flag)) != std::string::npos;
}

/// "5", "0-5460"; "[93->-id]" and "[93-<-id]" mark slots on the move and are no ranges.
bool read_slots(const NodesLine& line, SlotSet& served, SlotSet& moving) {
  for (const std::string_view word : line.slots) {
    const bool marker = word.starts_with('[');
    const auto body = marker ? word.substr(1) : word;
    const auto dash = body.find('-');
    const auto first = parse_integer(body.substr(0, dash));
    const auto last =
        marker || dash == std::string_view::npos ? first : parse_integer(body.substr(dash + 1));
    if (!first || !last || !add_range(marker ? moving : served, *first, *last)) return false;
  }
  return true;
}

/// "10.0.0.1:7000@17000,hostname" -> the address.
std::optional<Address> nodes_address(std::string_view endpoint, const Address& asked) {
  const auto at = endpoint.find('@');
  const auto host_port = endpoint.substr(0, at);
  const auto colon = host_port.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto port = parse_integer(host_port.substr(colon + 1));
  if (!port || !is_port(*port)) return std::nullopt;
  return announced(std::string(host_port.substr(0, colon)), *port, asked);
}

Result<std::vector<NodesLine>> split_nodes(std::string_view text) {
  std::vector<NodesLine> lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    auto line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.empty()) continue;
    auto parsed = split_nodes_line(line);
    if (!parsed)
      return bad_shape("CLUSTER NODES", fmt::format("'{}' has too few words", printable(line)));
    lines.push_back(std::move(*parsed));
  }
  return lines;
}

}  // namespace

Result<std::vector<MapNode>> parse_cluster_shards(const Reply& reply, const Address& asked,
                                                  bool tls) {
  const auto* shards = reply.get<std::vector<Reply>>();
  if (shards == nullptr) return bad_shape("CLUSTER SHARDS", "it is not a list");
  std::vector<MapNode> nodes;
  for (const auto& shard : *shards) {
    const auto fields = as_map(shard);
    if (!fields.contains("slots") || !fields.contains("nodes")) {
      return bad_shape("CLUSTER SHARDS", "a shard has no slots or no nodes");
    }
    SlotSet slots;
    const auto* ranges = fields.at("slots")->get<std::vector<Reply>>();
    const auto* members = fields.at("nodes")->get<std::vector<Reply>>();
    if (ranges == nullptr || ranges->size() % 2 != 0 || members == nullptr) {
      return bad_shape("CLUSTER SHARDS", "slots or nodes are not a list");
    }
    for (std::size_t i = 0; i < ranges->size(); i += 2) {
      const auto* first = (*ranges)[i].get<std::int64_t>();
      const auto* last = (*ranges)[i + 1].get<std::int64_t>();
      if (first == nullptr || last == nullptr || !add_range(slots, *first, *last)) {
        return bad_shape("CLUSTER SHARDS", "a slot range makes no sense");
      }
    }
    for (const auto& member : *members) {
      auto node = shard_node(member, asked, tls);
      if (!node) return bad_shape("CLUSTER SHARDS", "a node has no port");
      node->slots = slots;
      nodes.push_back(std::move(*node));
    }
  }
  return nodes;
}

Result<std::vector<MapNode>> parse_cluster_slots(const Reply& reply, const Address& asked) {
  const auto* ranges = reply.get<std::vector<Reply>>();
  if (ranges == nullptr) return bad_shape("CLUSTER SLOTS", "it is not a list");
  std::vector<MapNode> nodes;
  for (const auto& range : *ranges) {
    const auto* parts = range.get<std::vector<Reply>>();
    SlotSet slots;
    if (parts == nullptr || parts->size() < 3)
      return bad_shape("CLUSTER SLOTS", "a range has no node");
    const auto* first = (*parts)[0].get<std::int64_t>();
    const auto* last = (*parts)[1].get<std::int64_t>();
    if (first == nullptr || last == nullptr || !add_range(slots, *first, *last)) {
      return bad_shape("CLUSTER SLOTS", "a slot range makes no sense");
    }
    for (std::size_t i = 2; i < parts->size(); ++i) {
      const auto* words = (*parts)[i].get<std::vector<Reply>>();
      const auto* port =
          words != nullptr && words->size() >= 2 ? (*words)[1].get<std::int64_t>() : nullptr;
      if (port == nullptr || !is_port(*port))
        return bad_shape("CLUSTER SLOTS", "a node has no port");
      MapNode node;
      auto host = text_of((*words)[0]);
      if (host == "?" && words->size() >= 4) {
        const auto metadata = as_map((*words)[3]);
        if (const auto ip = metadata.find("ip"); ip != metadata.end()) host = text_of(*ip->second);
      }
      node.address = announced(std::move(host), *port, asked);
      node.id = words->size() >= 3 ? text_of((*words)[2]) : std::string();
      node.primary = i == 2;
      node.slots = slots;
      const auto known = std::find_if(nodes.begin(), nodes.end(), [&](const MapNode& other) {
        return other.address == node.address;
      });
      if (known != nodes.end()) {
        known->slots |= slots;
      } else {
        nodes.push_back(std::move(node));
      }
    }
  }
  return nodes;
}

Result<std::vector<MapNode>> parse_cluster_nodes(std::string_view text, const Address& asked) {
  auto lines = split_nodes(text);
  if (!lines) return fail(std::move(lines).error());
  std::vector<MapNode> nodes;
  std::map<std::string, std::string> primary_of;  // a replica's id -> its primary's
  std::map<std::string, SlotSet> slots_of;
  for (const auto& line : *lines) {
    if (has_flag(line, "noaddr") || has_flag(line, "handshake")) continue;
    MapNode node;
    SlotSet moving;
    const auto address = nodes_address(line.endpoint, asked);
    if (!address)
      return bad_shape("CLUSTER NODES",
                       fmt::format("'{}' is no address", printable(line.endpoint)));
    if (!read_slots(line, node.slots, moving))
      return bad_shape("CLUSTER NODES", "a slot range makes no sense");
    node.address = *address;
    node.id = line.id;
    node.primary = has_flag(line, "master");
    node.online = !has_flag(line, "fail") && (line.linked || has_flag(line, "myself"));
    if (!node.primary) primary_of[node.id] = line.primary_id;
    slots_of[node.id] = node.slots;
    nodes.push_back(std::move(node));
  }
  for (auto& node : nodes) {
    if (!node.primary) node.slots = slots_of[primary_of[node.id]];
  }
  return nodes;
}

Result<OwnSlots> parse_own_slots(std::string_view cluster_nodes_text) {
  auto lines = split_nodes(cluster_nodes_text);
  if (!lines) return fail(std::move(lines).error());
  for (const auto& line : *lines) {
    if (!has_flag(line, "myself")) continue;
    OwnSlots own;
    own.epoch = line.epoch;
    if (!read_slots(line, own.served, own.moving))
      return bad_shape("CLUSTER NODES", "a slot range makes no sense");
    return own;
  }
  return bad_shape("CLUSTER NODES", "the node itself is missing");
}

}  // namespace rcache::redis
