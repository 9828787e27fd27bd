#include "commands/tag_naming.h"

#include <fmt/format.h>

#include "core/key.h"

namespace rcache {
namespace {

Result<TagLayout> layout_named(const Context& context, const std::string& name) {
  std::string list;
  for (const auto* layouts : {&known_layouts(), &context.tag_layouts}) {
    for (const auto& layout : *layouts) {
      if (layout.name == name) return layout;
      list += (list.empty() ? "" : ", ") + printable(layout.name);
    }
  }
  return fail(ErrorKind::usage, fmt::format("--layout: there is no layout '{}'", printable(name)),
              fmt::format("known are {}; rcache help layouts", list));
}

}  // namespace

Result<TagNaming> naming_of(const Context& context, const LayoutChoice& choice) {
  auto layout = layout_named(context, choice.layout);
  if (!layout) return fail(std::move(layout).error());
  auto naming = TagNaming::make(std::move(*layout), choice.tag_prefix, context.key_prefix);
  if (naming) return naming;
  return fail(ErrorKind::usage,
              fmt::format("layout '{}': {}", printable(choice.layout), naming.error().message),
              naming.error().hint);
}

std::string shown_containers(const TagNaming& naming) {
  std::string text;
  for (const auto& container : naming.shown_containers())
    text += (text.empty() ? "" : ", ") + printable(container);
  return text;
}

}  // namespace rcache
