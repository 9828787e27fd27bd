#include "cli/command_tree.h"

#include <CLI/App.hpp>
#include <CLI/Option.hpp>
#include <algorithm>

#include "cli/help.h"

namespace rcache::cli {
namespace {

bool is_plain_word(std::string_view word) {
  constexpr std::string_view k_allowed = "abcdefghijklmnopqrstuvwxyz0123456789-";
  return !word.empty() && word.find_first_not_of(k_allowed) == std::string_view::npos;
}

/// Empty unless the type is a list of plain words: "N|P%" says how a value looks, not what it is.
std::vector<std::string> choices_of(std::string_view type) {
  std::vector<std::string> words;
  if (type.find('|') == std::string_view::npos) return words;
  for (;;) {
    const auto bar = type.find('|');
    const auto word = type.substr(0, bar);
    if (!is_plain_word(word)) return {};
    words.emplace_back(word);
    if (bar == std::string_view::npos) return words;
    type.remove_prefix(bar + 1);
  }
}

ValueSpec::Kind kind_of(std::string_view type) {
  using Kind = ValueSpec::Kind;
  if (type == "FILE") return Kind::file;
  if (type == "DIRECTORY") return Kind::directory;
  if (type == "PROGRAM") return Kind::program;
  if (type == "COMMAND") return Kind::command;
  return Kind::text;
}

ValueSpec value_of(const CLI::Option& option) {
  ValueSpec value;
  value.many = option.get_expected_max() > 1;
  if (option.get_expected_max() == 0) return value;
  value.type = option.get_type_name();
  value.choices = choices_of(value.type);
  value.kind = value.choices.empty() ? kind_of(value.type) : ValueSpec::Kind::choices;
  value.standard = option.get_default_str();
  value.optional = option.get_expected_min() == 0;
  return value;
}

/// A subcommand without a name is CLI11's way to group options.
bool is_shown(const CLI::App& app) {
  return !app.get_name().empty() && !app.get_group().empty();
}

CommandSpec spec_of(const CLI::App& app) {
  CommandSpec spec{app.get_name(), app.get_description(), {}, {}, {}};
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_group().empty()) continue;
    std::vector<std::string> names;
    for (const auto& name : option->get_snames()) names.push_back("-" + name);
    for (const auto& name : option->get_lnames()) names.push_back("--" + name);
    ValueSpec value = value_of(*option);
    if (names.empty()) {
      value.optional = !option->get_required();
      spec.positionals.push_back(
          {option->get_single_name(), option->get_description(), std::move(value)});
    } else {
      spec.flags.push_back(
          {std::move(names), option->get_description(), option->get_group(), std::move(value)});
    }
  }
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (is_shown(*sub)) spec.commands.push_back(spec_of(*sub));
  }
  return spec;
}

std::vector<std::string> all_topics(const CommandSpec& root) {
  std::vector<std::string> names;
  for (const Topic& topic : topics()) names.push_back(topic.name);
  names.emplace_back("man");
  for (const CommandSpec& command : root.commands) names.push_back(command.name);
  return names;
}

}  // namespace

CommandSpec command_tree(const CLI::App& tree) {
  CommandSpec root = spec_of(tree);
  const auto names = all_topics(root);
  for (CommandSpec& command : root.commands) {
    for (PositionalSpec& positional : command.positionals) {
      if (positional.value.type != "TOPIC") continue;
      positional.value.kind = ValueSpec::Kind::choices;
      positional.value.choices = names;
    }
  }
  return root;
}

bool same_flag(const FlagSpec& a, const FlagSpec& b) {
  return a.names == b.names && a.help == b.help && a.value.type == b.value.type &&
         a.value.standard == b.value.standard;
}

std::string placeholder(const ValueSpec& value) {
  const std::string word = value.type + (value.many ? "..." : "");
  return value.optional && !word.empty() ? "[" + word + "]" : word;
}

}  // namespace rcache::cli
