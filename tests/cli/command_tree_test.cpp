#include "cli/command_tree.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "cli/help.h"
#include "cli/small_tree.h"

namespace rcache::cli {
namespace {

using Kind = ValueSpec::Kind;

const CommandSpec& find(const CommandSpec& parent, std::string_view name) {
  const auto found = std::find_if(parent.commands.begin(), parent.commands.end(),
                                  [&](const auto& command) { return command.name == name; });
  REQUIRE(found != parent.commands.end());
  return *found;
}

const FlagSpec& flag_of(const CommandSpec& command, std::string_view name) {
  const auto found = std::find_if(command.flags.begin(), command.flags.end(),
                                  [&](const auto& flag) { return flag.names.back() == name; });
  REQUIRE(found != command.flags.end());
  return *found;
}

}  // namespace

TEST_CASE("command_tree: a value's kind is read from its type") {
  const test::SmallTree small;
  const auto tree = command_tree(small.app);
  const auto& stats = find(tree, "stats");
  struct Case {
    std::string name;
    Kind kind;
    std::vector<std::string> choices;
  };
  const Case cases[] = {
      {"--help", Kind::none, {}},
      {"--quiet", Kind::none, {}},
      {"--host", Kind::text, {}},
      {"--output", Kind::choices, {"text", "json", "prometheus"}},
      {"--max", Kind::text, {}},
      {"--save", Kind::file, {}},
      {"--folder", Kind::directory, {}},
      {"--watch", Kind::text, {}},
  };
  for (const auto& c : cases) {
    CAPTURE(c.name);
    CHECK(flag_of(stats, c.name).value.kind == c.kind);
    CHECK(flag_of(stats, c.name).value.choices == c.choices);
    CHECK(flag_of(stats, c.name).value.optional == (c.name == "--watch"));
  }
}

TEST_CASE("command_tree: names stand as typed, short ones first") {
  const test::SmallTree small;
  const auto tree = command_tree(small.app);
  CHECK(flag_of(find(tree, "stats"), "--output").names ==
        std::vector<std::string>{"-o", "--output"});
}

TEST_CASE("command_tree: what is hidden is not there") {
  const test::SmallTree small;
  const auto tree = command_tree(small.app);
  std::vector<std::string> commands;
  for (const auto& command : tree.commands) commands.push_back(command.name);
  CHECK(commands == std::vector<std::string>{"stats", "demo", "help", "tags"});
  for (const auto& flag : find(tree, "stats").flags) CHECK(flag.names.back() != "--secret");
}

TEST_CASE("command_tree: a default is kept, and none is made up") {
  const test::SmallTree small;
  const auto tree = command_tree(small.app);
  CHECK(flag_of(find(tree, "demo"), "--keys").value.standard == "50");
  CHECK(flag_of(find(tree, "stats"), "--host").value.standard.empty());
}

TEST_CASE("command_tree: positionals have their place, and commands of commands theirs") {
  const test::SmallTree small;
  const auto tree = command_tree(small.app);
  const auto& command = find(tree, "demo").positionals.at(0);
  CHECK(command.name == "command");
  CHECK(command.value.kind == Kind::command);
  CHECK(command.value.many);
  CHECK(find(find(tree, "tags"), "show").flags.size() == 2);
}

TEST_CASE("command_tree: help explains every topic, the man page and every command") {
  const test::SmallTree small;
  const auto tree = command_tree(small.app);
  std::vector<std::string> expected;
  for (const auto& topic : topics()) expected.push_back(topic.name);
  expected.insert(expected.end(), {"man", "stats", "demo", "help", "tags"});
  CHECK(expected.front() == "exit-codes");
  CHECK(find(tree, "help").positionals.at(0).value.choices == expected);
}

TEST_CASE("placeholder: what may be left out is in brackets") {
  CHECK(placeholder({Kind::file, "FILE", {}, {}, false, false}) == "FILE");
  CHECK(placeholder({Kind::text, "DURATION", {}, {}, true, false}) == "[DURATION]");
  CHECK(placeholder({Kind::text, "KEY", {}, {}, false, true}) == "KEY...");
  CHECK(placeholder({}).empty());
}

}  // namespace rcache::cli
