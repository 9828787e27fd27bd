#include "cli/config_layout.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "core/key.h"

namespace rcache::cli {
namespace {

/// One key of a layout: its name, what it must be, and where it goes.
struct Setting {
  std::string name;
  std::string type;
  std::function<bool(const toml::node&, TagLayout&)> read;
};

bool read_containers(const toml::node& node, TagLayout& layout) {
  if (const auto one = node.value_exact<std::string>()) {
    layout.containers = {*one};
    return true;
  }
  const auto* list = node.as_array();
  if (list == nullptr || list->empty()) return false;
  for (const auto& entry : *list) {
    const auto one = entry.value_exact<std::string>();
    if (!one) return false;
    layout.containers.push_back(*one);
  }
  return true;
}

bool read_type(const toml::node& node, TagLayout& layout) {
  const auto word = node.value_exact<std::string>();
  const auto type = word ? container_type(*word) : std::nullopt;
  if (type) layout.type = *type;
  return type.has_value();
}

bool read_key(const toml::node& node, TagLayout& layout) {
  const auto text = node.value_exact<std::string>();
  if (text) layout.key = *text;
  return text.has_value();
}

Setting flag(std::string name, bool TagLayout::*member) {
  return {std::move(name), "true or false", [member](const toml::node& node, TagLayout& layout) {
            const auto value = node.value_exact<bool>();
            if (value) layout.*member = *value;
            return value.has_value();
          }};
}

const std::vector<Setting>& settings() {
  static const std::vector<Setting> all = {
      {"container", "a string or a list of strings", read_containers},
      {"type", "one of \"set\", \"zset\", \"hash\"", read_type},
      {"key", "a string", read_key},
      flag("members_have_prefix", &TagLayout::members_have_prefix),
      flag("tags_expire", &TagLayout::tags_expire),
  };
  return all;
}

}  // namespace

Result<TagLayout> read_layout(const std::string& file, const toml::key& name,
                              const toml::table& table) {
  TagLayout layout;
  layout.name = name.str();
  for (const auto& known : known_layouts()) {
    if (known.name == layout.name) {
      return fail_at(file, name.source(),
                     fmt::format("'{}' is a layout that rcache has", printable(layout.name)),
                     "give yours another name");
    }
  }
  for (const auto& [key, node] : table) {
    const auto setting =
        std::find_if(settings().begin(), settings().end(),
                     [&](const Setting& known) { return known.name == key.str(); });
    if (setting == settings().end()) {
      std::vector<std::string> known;
      for (const auto& each : settings()) known.push_back(each.name);
      return unknown_key(file, key, known);
    }
    if (!setting->read(node, layout))
      return fail_at(file, node.source(),
                     fmt::format("'{}' must be {}", setting->name, setting->type));
  }
  if (auto naming = TagNaming::make(layout, "", {}); !naming) {
    return fail_at(file, name.source(),
                   fmt::format("layout '{}': {}", printable(layout.name), naming.error().message),
                   naming.error().hint);
  }
  return layout;
}

}  // namespace rcache::cli
