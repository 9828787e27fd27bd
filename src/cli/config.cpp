#include "cli/config.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "cli/config_layout.h"
#include "cli/config_table.h"
#include "core/key.h"
#include "core/toml_text.h"

namespace rcache::cli {
namespace {

bool read_protect(const toml::node& node, Profile& profile) {
  const auto* list = node.as_array();
  if (list == nullptr) return false;
  for (const auto& entry : *list) {
    const auto glob = entry.value_exact<std::string>();
    if (!glob) return false;
    profile.protect.push_back(*glob);
  }
  return true;
}

const std::vector<Setting<Profile>>& profile_settings() {
  static const std::vector<Setting<Profile>> all = {
      text_setting("url", &Profile::url),
      text_setting("user", &Profile::user),
      text_setting("pass_file", &Profile::pass_file),
      text_setting("sni", &Profile::sni),
      text_setting("cacert", &Profile::cacert),
      text_setting("cert", &Profile::cert),
      text_setting("key", &Profile::key),
      text_setting("key_prefix", &Profile::key_prefix),
      {"protect", "a list of strings", read_protect},
      flag_setting("production", &Profile::production),
      flag_setting("replica", &Profile::replica),
  };
  return all;
}

Result<Profile> read_profile(const std::string& file, const std::string& name,
                             const toml::table& table) {
  Profile profile;
  profile.name = name;
  if (auto read = read_table(file, table, profile_settings(), profile); !read)
    return fail(std::move(read).error());
  return profile;
}

Result<void> read_profiles(const std::string& file, const toml::table& profiles, Config& config) {
  for (const auto& [name, body] : profiles) {
    const auto* table = body.as_table();
    if (table == nullptr)
      return fail_at(file, body.source(), "a profile must be a table: [profile.NAME]");
    auto profile = read_profile(file, std::string(name.str()), *table);
    if (!profile) return fail(std::move(profile).error());
    config.profiles.emplace(profile->name, std::move(*profile));
  }
  return {};
}

Result<void> read_layouts(const std::string& file, const toml::table& layouts, Config& config) {
  for (const auto& [name, body] : layouts) {
    const auto* table = body.as_table();
    if (table == nullptr)
      return fail_at(file, body.source(), "a layout must be a table: [layout.NAME]");
    auto layout = read_layout(file, name, *table);
    if (!layout) return fail(std::move(layout).error());
    config.tag_layouts.push_back(std::move(*layout));
  }
  return {};
}

}  // namespace

Result<Config> parse_config(std::string_view text, const std::string& file_name) {
  const auto parsed = parse_toml(text, file_name);
  if (!parsed) return fail(parsed.error());
  Config config;
  for (const auto& [key, node] : *parsed) {
    if (key.str() == "default_profile") {
      config.default_profile = node.value_exact<std::string>();
      if (!config.default_profile)
        return fail_at(file_name, node.source(), "'default_profile' must be a string");
      continue;
    }
    if (key.str() != "profile" && key.str() != "layout")
      return unknown_key(file_name, key, {"default_profile", "layout", "profile"});
    const auto* tables = node.as_table();
    if (tables == nullptr) {
      return fail_at(file_name, node.source(),
                     fmt::format("'{0}' must be a table: [{0}.NAME]", key.str()));
    }
    const auto read = key.str() == "profile" ? read_profiles : read_layouts;
    if (auto done = read(file_name, *tables, config); !done) return fail(std::move(done).error());
  }
  return config;
}

std::string default_config_path(const Environment& environment) {
  if (const auto xdg = environment.get("XDG_CONFIG_HOME")) return *xdg + "/rcache/config.toml";
  if (const auto home = environment.get("HOME")) return *home + "/.config/rcache/config.toml";
  return {};
}

Result<Config> load_config(const std::string& asked_for, const Environment& environment) {
  const auto path = asked_for.empty() ? default_config_path(environment) : asked_for;
  std::error_code ignored;
  if (asked_for.empty() && (path.empty() || !std::filesystem::exists(path, ignored)))
    return Config{};
  // A file that is there and cannot be read is no empty one: the profile in it names the server.
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file || std::filesystem::is_directory(path, ignored)) {
    return fail(
        ErrorKind::usage,
        fmt::format("{}cannot read '{}'", asked_for.empty() ? "" : "--config: ", printable(path)),
        "check the path and its permissions");
  }
  return parse_config(text.str(), path);
}

}  // namespace rcache::cli
