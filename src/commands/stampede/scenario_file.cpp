#include "commands/stampede/scenario_file.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>

#include "commands/stampede/parameters.h"
#include "commands/stampede/values.h"
#include "core/key.h"
#include "core/suggest.h"
#include "core/toml_text.h"
#include "stampede/presets.h"

namespace rcache::stampede {
namespace {

constexpr std::uintmax_t k_largest_file = 1U << 20;

/// Where something in the file stands.
class Place {
 public:
  Place(const std::string& file, const toml::source_region& where) : file_(file), where_(where) {}
  tl::unexpected<Error> refuse(const std::string& message, std::string hint = {}) const {
    return fail_at(file_, where_, message, std::move(hint));
  }

 private:
  const std::string& file_;
  const toml::source_region& where_;
};

/// A value as it would be typed behind a flag; empty when it is a table, a date or the like.
std::optional<std::string> as_typed(const toml::node& node) {
  if (const auto text = node.value_exact<std::string>()) return *text;
  if (const auto whole = node.value_exact<std::int64_t>()) return fmt::format("{}", *whole);
  if (const auto real = node.value_exact<double>()) return fmt::format("{}", *real);
  if (const auto truth = node.value_exact<bool>()) return *truth ? "true" : "false";
  return std::nullopt;
}

tl::unexpected<Error> unknown(const Place& place, std::string_view key) {
  std::vector<std::string> known{"name", "preset", "strategy", "runs", "fail-above"};
  for (const auto& each : parameters()) known.emplace_back(each.name);
  const auto near = suggest(key, known);
  return place.refuse(fmt::format("'{}' is not a parameter", printable(key)),
                      near ? fmt::format("did you mean '{}'?", *near)
                           : "rcache stampede simulate --help lists them");
}

Result<void> set_parameter(const Parameter& parameter, const Place& place, const toml::node& node,
                           Scenario& scenario) {
  const bool is_switch = parameter.type.empty();
  const auto text = as_typed(node);
  if (is_switch != node.is_boolean() || !text) {
    return place.refuse(fmt::format("{} must be {}", parameter.name,
                                    is_switch ? "true or false" : "a number or a string"));
  }
  auto done = parameter.set(scenario, *text);
  if (!done)
    return place.refuse(fmt::format("{}: {}", parameter.name, done.error().message),
                        done.error().hint);
  return {};
}

Result<void> set_strategies(const Place& place, const toml::node& node, Plan& plan) {
  std::string list;
  if (const auto* array = node.as_array()) {
    for (const auto& each : *array) {
      const auto name = each.value_exact<std::string>();
      if (!name) return place.refuse("strategy must be a string or a list of strings");
      list += (list.empty() ? "" : ",") + *name;
    }
  } else if (const auto text = node.value_exact<std::string>()) {
    list = *text;
  } else {
    return place.refuse("strategy must be a string or a list of strings");
  }
  auto strategies = parse_strategies(list);
  if (!strategies)
    return place.refuse("strategy: " + strategies.error().message, strategies.error().hint);
  plan.strategies = std::move(*strategies);
  return {};
}

Result<std::uint32_t> whole_number(const Place& place, std::string_view key, std::int64_t least,
                                   const toml::node& node) {
  const auto number = node.value_exact<std::int64_t>();
  if (!number || *number < least || *number > std::numeric_limits<std::int32_t>::max())
    return place.refuse(fmt::format("{} must be a whole number, {} or more", key, least));
  return static_cast<std::uint32_t>(*number);
}

Result<void> set_one(const std::string& file, const toml::key& key, const toml::node& node,
                     Plan& plan) {
  const Place place(file, node.source());
  const auto name = key.str();
  if (name == "preset") return {};  // read first, whatever its line
  if (name == "name") {
    const auto text = node.value_exact<std::string>();
    if (!text) return place.refuse("name must be a string");
    plan.scenario.name = *text;
    return {};
  }
  if (name == "strategy") return set_strategies(place, node, plan);
  if (name == "runs") {
    auto runs = whole_number(place, name, 1, node);
    if (!runs) return fail(std::move(runs).error());
    plan.runs = *runs;
    return {};
  }
  if (name == "fail-above" || name == "fail_above") {
    auto limit = whole_number(place, name, 0, node);
    if (!limit) return fail(std::move(limit).error());
    plan.fail_above = *limit;
    return {};
  }
  const auto* parameter = parameter_named(name);
  if (parameter == nullptr) return unknown(Place(file, key.source()), name);
  return set_parameter(*parameter, place, node, plan.scenario);
}

Result<void> start_from_preset(const std::string& file, const toml::node& node, Plan& plan) {
  const Place place(file, node.source());
  const auto name = node.value_exact<std::string>();
  if (!name) return place.refuse("preset must be a string");
  const auto* preset = preset_named(*name);
  if (preset == nullptr)
    return place.refuse(fmt::format("'{}' is not a preset", printable(*name)),
                        "rcache help presets lists them");
  plan.scenario = preset->scenario;
  return {};
}

}  // namespace

Result<Plan> parse_scenario(std::string_view text, const std::string& file_name) {
  const auto table = parse_toml(text, file_name);
  if (!table) return fail(table.error());
  Plan plan;
  if (const auto* preset = table->get("preset")) {
    if (auto done = start_from_preset(file_name, *preset, plan); !done)
      return fail(std::move(done).error());
  }
  if (const auto* rate = table->get("rate"); rate != nullptr && table->contains("clients")) {
    return Place(file_name, rate->source())
        .refuse("rate and clients both say who asks",
                "leave one out: clients is a closed loop, whose rate follows from think");
  }
  for (const auto& [key, node] : *table) {
    if (auto done = set_one(file_name, key, node, plan); !done)
      return fail(std::move(done).error());
  }
  return plan;
}

Result<Plan> read_scenario(const std::string& path) {
  std::error_code ignored;
  std::ifstream file(path, std::ios::binary);
  if (!file || std::filesystem::is_directory(path, ignored)) {
    return fail(ErrorKind::usage, fmt::format("cannot read '{}'", printable(path)),
                "check the path and its permissions");
  }
  // A pipe has no size, and a file may grow: no more than this is ever held.
  std::string text(k_largest_file + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > k_largest_file) {
    return fail(ErrorKind::usage,
                fmt::format("'{}' is larger than 1 MiB: not a scenario", printable(path)));
  }
  return parse_scenario(text, path);
}

}  // namespace rcache::stampede
