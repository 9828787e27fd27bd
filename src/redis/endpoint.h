#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "redis/deployment.h"

namespace rcache::redis {

/// How to speak TLS. The chain and the name are verified unless `verify` is off.
struct TlsSettings {
  bool enabled = false;
  bool verify = true;
  std::string server_name;  ///< for SNI and the check of the name; empty: the host connected to
  std::string ca_file;
  std::string ca_directory;
  std::string certificate_file;
  std::string key_file;
};

/// Where to begin, as whom: what a URL says. The rest of the deployment is found from there.
struct Endpoint {
  enum class Kind { server, sentinel } kind = Kind::server;
  std::vector<Address> addresses = {{.host = "127.0.0.1", .port = 6379, .socket_path = {}}};
  std::string sentinel_primary;  ///< the name that the sentinels know the primary by
  std::string user;              ///< empty: the default user
  std::optional<std::string> password;
  int database = 0;
  TlsSettings tls;
};

/// Which server of each shard is read.
enum class ReadFrom { primary, replica };

/// Everything that decides how a deployment is reached.
struct ConnectSettings {
  Endpoint endpoint;
  ReadFrom read_from = ReadFrom::primary;
  bool this_node_only = false;  ///< no fan-out over a cluster, no search for the primary
  std::chrono::milliseconds connect_timeout{3000};
  std::chrono::milliseconds reply_timeout{10000};
};

/// Reads a URL.
///
/// In:      redis://, rediss://, valkey://, valkeys:// [user[:password]@]host[:port][/db];
///          unix:///path[?db=N]; redis-sentinel://, rediss-sentinel://
///          [user:password@]h1[:p],h2[:p]/name[/db]. User, password, path and name are
///          percent-decoded; IPv6 hosts stand in brackets.
/// Errors:  usage; the message never contains the URL's user or password.
Result<Endpoint> parse_url(std::string_view url);

/// The endpoint for people: "rediss://10.0.0.7:6379/0". Neither the user's password nor the user.
std::string to_string(const Endpoint& endpoint);

/// A database number: a whole number from 0 to 2147483647. Errors: usage.
Result<int> parse_database(std::string_view text);

}  // namespace rcache::redis
