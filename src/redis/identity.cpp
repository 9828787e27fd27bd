#include "redis/identity.h"

#include <initializer_list>
#include <string_view>

namespace rcache::redis {
namespace {

/// The first of the fields that is there and says something.
std::string first_of(const Info& info, std::initializer_list<std::string_view> fields) {
  for (const auto field : fields) {
    const auto value = info.text(field);
    if (value && !value->empty()) return std::string(*value);
  }
  return {};
}

std::string read_flavor(const Info& info) {
  if (info.text("valkey_version") || info.text("server_name") == "valkey") return "valkey";
  if (info.text("redict_version")) return "redict";
  return "redis";
}

std::string read_mode(const Info& info) {
  auto mode = first_of(info, {"redis_mode", "server_mode", "redict_mode"});
  if (!mode.empty()) return mode;
  const auto cluster_enabled = info.integer("cluster_enabled");
  if (!cluster_enabled) return {};
  return *cluster_enabled == 1 ? "cluster" : "standalone";
}

}  // namespace

Identity parse_identity(const Info& info) {
  Identity out;
  out.flavor = read_flavor(info);
  // The forks also say which Redis they stand in for: their own number comes first.
  out.version = first_of(info, {"valkey_version", "redict_version", "redis_version"});
  out.mode = read_mode(info);
  // INFO of a Sentinel has no replication section.
  out.role = out.mode == "sentinel" ? "sentinel" : first_of(info, {"role"});
  out.run_id = first_of(info, {"run_id"});
  out.replication_id = first_of(info, {"master_replid"});
  out.replication_id2 = first_of(info, {"master_replid2"});
  // Redis fills the place of no lineage with zeros: two servers would seem to share it.
  if (out.replication_id2.find_first_not_of('0') == std::string::npos) out.replication_id2.clear();
  out.uptime_seconds = info.integer("uptime_in_seconds").value_or(0);
  return out;
}

Version version_of(const Identity& identity) {
  const std::string_view text = identity.version;
  const auto dot = text.find('.');
  const auto rest = dot == std::string_view::npos ? std::string_view() : text.substr(dot + 1);
  return {parse_integer(text.substr(0, dot)).value_or(0),
          parse_integer(rest.substr(0, rest.find('.'))).value_or(0)};
}

}  // namespace rcache::redis
