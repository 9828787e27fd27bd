#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "cli/config.h"
#include "cli/environment.h"
#include "core/error.h"
#include "redis/endpoint.h"

namespace CLI {
class App;
}

namespace rcache::cli {

/// What was typed to say which server is meant. Names and meaning are redis-cli's where it has
/// them.
struct ConnectionFlags {
  std::optional<std::string> host;
  std::optional<std::uint16_t> port;
  std::optional<std::string> socket;
  std::optional<int> database;
  std::optional<std::string> url;
  std::optional<std::string> user;
  std::optional<std::string> password;
  std::optional<std::string> password_file;
  std::optional<std::chrono::milliseconds> timeout;
  std::optional<std::string> sni;
  std::optional<std::string> ca_file;
  std::optional<std::string> ca_directory;
  std::optional<std::string> certificate_file;
  std::optional<std::string> key_file;
  std::optional<std::string> profile;
  std::optional<std::string> key_prefix;
  std::optional<std::string> config_file;
  bool ask_password = false;
  bool no_auth_warning = false;
  bool cluster = false;  ///< accepted and not needed: a cluster is found by itself
  bool tls = false;
  bool insecure = false;
  bool replica = false;
  bool this_node_only = false;
};

/// Adds the flags to one subcommand.
void add_connection_flags(CLI::App& app, ConnectionFlags& flags);

/// Where to read a password that was not typed: the file of --pass-file, or the terminal.
struct PasswordSources {
  std::function<Result<std::string>(const std::string& path)> from_file;
  std::function<Result<std::string>()> from_terminal;
};

/// Everything that was decided about the server.
struct Target {
  redis::ConnectSettings settings;
  std::string key_prefix;
  std::optional<Profile> profile;
  std::vector<TagLayout> tag_layouts = {};  ///< the config file's own
};

/// Puts flags, environment and profile together.
///
/// Precedence: flag, RCACHE_URL, REDIS_URL, the profile, redis://127.0.0.1:6379/0. A profile that
/// is named with --profile is a flag. -h, -p and -s say where the server is, so with them no URL of
/// the environment counts, nor a password in it: it belongs to another server. A default_profile
/// with a url counts with all its settings, or not at all when something else says where the server
/// is. Password:   --askpass, --pass-file, -a, the URL, the profile's pass_file, RCACHE_PASSWORD,
///             REDISCLI_AUTH, VALKEYCLI_AUTH.
/// Errors:  usage, naming the flag or variable; never with a password in it.
Result<Target> resolve_target(const ConnectionFlags& flags, const Environment& environment,
                              const PasswordSources& passwords);

}  // namespace rcache::cli
