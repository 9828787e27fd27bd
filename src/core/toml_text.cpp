#include "core/toml_text.h"

#include <fmt/format.h>

#include "core/key.h"
#include "core/suggest.h"

namespace rcache {

Result<toml::table> parse_toml(std::string_view text, const std::string& file_name) {
  auto parsed = toml::parse(text);
  if (parsed) return std::move(parsed).table();
  // The library's description can quote the line.
  const auto& error = parsed.error();
  auto what = std::string(error.description());
  what = what.substr(0, what.find_first_of("\n;"));
  what = what.substr(0, what.find(", saw '"));
  if (what.find("not representable") != std::string::npos) what = "a number is too large";
  return fail_at(file_name, error.source(), fmt::format("not TOML: {}", printable(what)));
}

tl::unexpected<Error> fail_at(const std::string& file, const toml::source_region& where,
                              std::string_view message, std::string hint) {
  return fail(
      ErrorKind::usage,
      fmt::format("{}:{}:{}: {}", printable(file), where.begin.line, where.begin.column, message),
      std::move(hint));
}

tl::unexpected<Error> unknown_key(const std::string& file, const toml::key& key,
                                  const std::vector<std::string>& known) {
  std::string list;
  for (const auto& name : known) list += (list.empty() ? "" : ", ") + name;
  const auto near = suggest(key.str(), known);
  return fail_at(file, key.source(),
                 fmt::format("'{}' is not a setting here", printable(key.str())),
                 near ? fmt::format("did you mean '{}'? Known are {}", *near, list)
                      : fmt::format("known are {}", list));
}

}  // namespace rcache
