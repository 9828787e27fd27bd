#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/toml_text.h"

namespace rcache::cli {

/// One key of a table in the config file: its name, what it must be, and where it goes.
template <typename Target>
struct Setting {
  std::string name;
  std::string type;
  std::function<bool(const toml::node&, Target&)> read;  ///< false: it is something else
};

/// In: a member that is a string, or may be one.
template <typename Target, typename Member>
Setting<Target> text_setting(std::string name, Member Target::*member) {
  return {std::move(name), "a string", [member](const toml::node& node, Target& target) {
            const auto value = node.value_exact<std::string>();
            if (value) target.*member = *value;
            return value.has_value();
          }};
}

template <typename Target>
Setting<Target> flag_setting(std::string name, bool Target::*member) {
  return {std::move(name), "true or false", [member](const toml::node& node, Target& target) {
            const auto value = node.value_exact<bool>();
            if (value) target.*member = *value;
            return value.has_value();
          }};
}

/// Reads every key of a table.
///
/// Errors:  usage, at the place in the file, for a key that is none of these or holds something
///          else.
template <typename Target>
Result<void> read_table(const std::string& file, const toml::table& table,
                        const std::vector<Setting<Target>>& settings, Target& target) {
  for (const auto& [key, node] : table) {
    const auto setting = std::find_if(settings.begin(), settings.end(),
                                      [&](const auto& known) { return known.name == key.str(); });
    if (setting == settings.end()) {
      std::vector<std::string> known;
      for (const auto& each : settings) known.push_back(each.name);
      return unknown_key(file, key, known);
    }
    if (!setting->read(node, target)) {
      return fail_at(file, node.source(),
                     fmt::format("'{}' must be {}", setting->name, setting->type));
    }
  }
  return {};
}

}  // namespace rcache::cli
