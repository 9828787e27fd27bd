#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/environment.h"
#include "core/error.h"
#include "core/tag_layout.h"

namespace rcache::cli {

/// What the config file says of one deployment.
struct Profile {
  std::string name;
  std::optional<std::string> url;
  std::optional<std::string> user;
  std::optional<std::string> pass_file;
  std::optional<std::string> sni;
  std::optional<std::string> cacert;
  std::optional<std::string> cert;
  std::optional<std::string> key;
  std::string key_prefix;
  std::vector<std::string> protect;  ///< globs of keys that no command may remove
  bool production = false;           ///< destructive commands want the name typed
  bool replica = false;
};

struct Config {
  std::optional<std::string> default_profile;
  std::map<std::string, Profile> profiles;
  std::vector<TagLayout> tag_layouts;
};

/// Reads the text of a config file.
///
/// In:      TOML: `default_profile = "dev"`, `[profile.NAME]` and `[layout.NAME]` tables.
/// Errors:  usage, with file, line and column, what was found, and what is allowed.
Result<Config> parse_config(std::string_view text, const std::string& file_name);

/// $XDG_CONFIG_HOME/rcache/config.toml, or ~/.config/rcache/config.toml; empty without a home.
std::string default_config_path(const Environment& environment);

/// Reads the config file. No file at the default place is an empty config; at a place that was
/// asked for (`asked_for` not empty) it is a usage error.
Result<Config> load_config(const std::string& asked_for, const Environment& environment);

}  // namespace rcache::cli
