#include "commands/invalidate/key_list.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "core/key.h"
#include "render/json.h"

namespace rcache::invalidate {
namespace {

constexpr std::string_view k_json_begin = "{\n  \"schema\": \"rcache.invalidate/1\",\n";

}  // namespace

KeyList::KeyList(Context& context, const Options& options)
    : context_(context),
      list_(options.print_keys || options.print0),
      raw_(options.print0),
      json_(options.format == Format::json) {}

void KeyList::begin() {
  if (std::exchange(begun_, true) || !json_) return;
  write(fmt::format("{}  \"keys\": [", k_json_begin));
}

void KeyList::write(std::string_view text) {
  // Whoever closed the pipe has seen enough; the keys go all the same.
  if (!written_ || context_.output.pipe_closed()) return;
  auto result = context_.output.write(text);
  if (!result && !context_.output.pipe_closed()) written_ = std::move(result);
}

void KeyList::add(const std::vector<std::string>& keys) {
  if (!list_) return;
  begin();
  std::string text;
  for (const auto& key : keys) {
    const auto shown = context_.key_prefix.off(key).value_or(key);
    if (json_) {
      auto value = render::dump(render::key_json(shown), render::JsonLayout::one_line);
      value.pop_back();
      text += (first_ ? "\n    " : ",\n    ") + value;
    } else if (raw_) {
      text += shown;
      text += '\0';
    } else {
      text += printable(shown) + '\n';
    }
    first_ = false;
  }
  write(text);
}

Result<void> KeyList::finish(const std::string& receipt) {
  if (!list_) {
    write(receipt);
  } else if (json_) {
    begin();
    write(first_ ? "],\n" : "\n  ],\n");
    write(std::string_view(receipt).substr(k_json_begin.size()));
  } else {
    std::string_view rest = receipt;
    if (rest.ends_with('\n')) rest.remove_suffix(1);
    context_.output.note(rest);
  }
  return written_;
}

}  // namespace rcache::invalidate
