#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

namespace rcache::cli {

/// What follows a flag, or stands in a place of its own.
struct ValueSpec {
  enum class Kind {
    none,       ///< nothing follows: a switch
    text,       ///< cannot be guessed
    choices,    ///< one of `choices`
    file,       ///< an existing or a new file
    directory,  ///< a folder
    program,    ///< the name of a program
    command     ///< a program and its arguments, behind "--"
  };
  Kind kind = Kind::none;
  std::string type;  ///< the word for it in help: "FILE", "text|json|csv"
  std::vector<std::string> choices;
  std::string standard;   ///< the default, as it would be typed; empty: none to speak of
  bool optional = false;  ///< may be left out
  bool many = false;      ///< may be given more than once
};

struct FlagSpec {
  std::vector<std::string> names;  ///< as typed, short ones first: "-o", "--output"
  std::string help;
  std::string group;  ///< "Connection", "Output" or any other
  ValueSpec value;
};

struct PositionalSpec {
  std::string name;
  std::string help;
  ValueSpec value;
};

/// A command, and the commands below it, as plain data.
struct CommandSpec {
  std::string name;
  std::string help;
  std::vector<FlagSpec> flags;
  std::vector<PositionalSpec> positionals;
  std::vector<CommandSpec> commands;
};

/// The tree without what is hidden (group ""), in the order in which it was made.
///
/// What a value is, is read from its type name: FILE, DIRECTORY, PROGRAM, COMMAND; words in lower
/// case with '|' between them are choices; TOPIC is whatever `rcache help` explains.
CommandSpec command_tree(const CLI::App& tree);

/// Whether two flags are the same in all that a user sees.
bool same_flag(const FlagSpec& a, const FlagSpec& b);

/// How a value is written in a usage line: "FILE", "[DURATION]", "COMMAND...".
std::string placeholder(const ValueSpec& value);

}  // namespace rcache::cli
