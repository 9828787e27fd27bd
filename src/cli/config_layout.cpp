#include "cli/config_layout.h"

#include <fmt/format.h>

#include "cli/config_table.h"
#include "core/key.h"

namespace rcache::cli {
namespace {

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

const std::vector<Setting<TagLayout>>& layout_settings() {
  static const std::vector<Setting<TagLayout>> all = {
      {"container", "a string or a list of strings", read_containers},
      {"type", "one of \"set\", \"zset\", \"hash\"", read_type},
      text_setting("key", &TagLayout::key),
      flag_setting("members_have_prefix", &TagLayout::members_have_prefix),
      flag_setting("tags_expire", &TagLayout::tags_expire),
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
  if (auto read = read_table(file, table, layout_settings(), layout); !read)
    return fail(std::move(read).error());
  if (auto naming = TagNaming::make(layout, "", {}); !naming) {
    return fail_at(file, name.source(),
                   fmt::format("layout '{}': {}", printable(layout.name), naming.error().message),
                   naming.error().hint);
  }
  return layout;
}

}  // namespace rcache::cli
