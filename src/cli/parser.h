#pragma once

#include <CLI/App.hpp>
#include <memory>
#include <string>
#include <vector>

#include "cli/connection_flags.h"
#include "cli/io.h"
#include "commands/command.h"

namespace rcache::cli {

/// Flags that every subcommand has.
struct CommonFlags {
  bool quiet = false;
  bool verbose = false;
  ColorMode color = ColorMode::automatic;
};

/// What the command line came to.
struct Invocation {
  const Command* command = nullptr;  ///< null: only `print` is wanted
  std::string print;                 ///< help or the version, for stdout
};

/// Adds commands to the tree. One with commands below it need not be a command itself.
using AddCommands = std::vector<Command> (*)(CLI::App& tree);

/// All that rcache has.
std::vector<Command> all_commands(CLI::App& tree);

/// The whole command line: the tree of subcommands and their flags.
class Parser {
 public:
  explicit Parser(AddCommands add_commands = all_commands);

  /// Reads the words behind the program's name.
  /// Errors:  usage: one line that quotes what was typed, with "did you mean" where something is
  /// near.
  Result<Invocation> parse(std::vector<std::string> words);

  /// The tree itself, for completions and the man page.
  CLI::App& tree() { return tree_; }
  const std::vector<Command>& commands() const { return commands_; }
  const CommonFlags& common() const { return common_; }
  const ConnectionFlags& connection() const { return connection_; }

 private:
  void add(Command command);
  Result<Invocation> check_leftovers();
  Result<void> check_words(const CLI::App& app) const;
  Error one_too_many(const std::string& word, const std::string& command) const;

  CLI::App tree_;
  bool version_ = false;
  CommonFlags common_;
  ConnectionFlags connection_;
  std::vector<Command> commands_;
};

/// The names by which a subcommand or a flag of `app` can be called: "stats", "--window", "-o".
std::vector<std::string> known_words(const CLI::App& app);

}  // namespace rcache::cli
