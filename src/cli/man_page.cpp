#include "cli/man_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <iterator>

#include "cli/command_tree.h"
#include "cli/help.h"
#include "cli/troff.h"
#include "cli/version.h"

namespace rcache::cli {
namespace {

/// When the page last changed in substance. Changed by hand: a date that follows the clock would
/// make each build's page another one.
constexpr const char* k_date = "2026-11-21";

constexpr const char* k_description =
    R"(Each task is a command with flags of its own, which follow the command.
Without a flag, a variable or a profile that names a server, it is 127.0.0.1:6379.

The result goes to standard output; warnings, progress and errors go to standard error.
With -o json and the other forms, a command states the same facts for programs.
The exit code tells how it went.
)";

constexpr const char* k_files =
    R"(  $XDG_CONFIG_HOME/rcache/config.toml  Profiles; ~/.config/rcache/config.toml when the variable is not set.
)";

struct Example {
  std::string_view command;
  std::string_view purpose;
  std::string_view line;
};

constexpr std::array<Example, 5> k_examples = {{
    {"stats", "Whether the cache of $RCACHE_URL, or the local one, is healthy:", "rcache stats"},
    {"stats", "For a nightly job: exit code 1 when the hit ratio of ten seconds is below 80%:",
     "rcache stats --window 10s --min-hit-ratio 80%"},
    {"stats", "One field, for a script:", "rcache stats -o json | jq .hit_ratio"},
    {"demo", "The same on a private throwaway server, which is gone afterwards:",
     "rcache demo -- rcache stats"},
    {"completion", "The Tab key, for this shell:", "source <(rcache completion bash)"},
}};

std::string flag_entry(const FlagSpec& flag) {
  std::string names;
  for (const auto& name : flag.names) {
    names += (names.empty() ? "" : ", ") + fmt::format("\\fB{}\\fR", troff(name));
  }
  const auto& value = flag.value;
  if (!value.type.empty()) {
    const auto shown = fmt::format("\\fI{}\\fR", troff(value.type));
    names += value.optional ? " [" + shown + "]" : " " + shown;
  }
  std::string help = flag.help;
  if (!value.standard.empty()) help += fmt::format(" (default: {})", value.standard);
  return fmt::format(".TP\n{}\n{}\n", names, troff_filled(help));
}

std::string flag_entries(const std::vector<FlagSpec>& flags) {
  std::string text;
  for (const FlagSpec& flag : flags) text += flag_entry(flag);
  return text;
}

bool is_connection(const FlagSpec& flag) {
  return flag.group == "Connection";
}

/// Whether the command, or one below it, talks to a server.
bool has_connection(const CommandSpec& command) {
  return std::any_of(command.flags.begin(), command.flags.end(), is_connection) ||
         std::any_of(command.commands.begin(), command.commands.end(), has_connection);
}

bool has_flag(const CommandSpec& command, const FlagSpec& wanted) {
  return std::any_of(command.flags.begin(), command.flags.end(),
                     [&](const FlagSpec& flag) { return same_flag(flag, wanted); });
}

/// The flags that are described once for all commands.
struct SharedFlags {
  std::vector<FlagSpec> connection;  ///< of the commands that talk to a server
  std::vector<FlagSpec> all;         ///< of every command
};

SharedFlags shared_flags(const CommandSpec& root) {
  SharedFlags shared;
  if (root.commands.empty()) return shared;
  for (const FlagSpec& flag : root.commands.front().flags) {
    const bool everywhere =
        std::all_of(root.commands.begin(), root.commands.end(),
                    [&](const CommandSpec& command) { return has_flag(command, flag); });
    if (everywhere && !is_connection(flag)) shared.all.push_back(flag);
  }
  for (const CommandSpec& command : root.commands) {
    std::copy_if(command.flags.begin(), command.flags.end(), std::back_inserter(shared.connection),
                 is_connection);
    if (!shared.connection.empty()) break;
  }
  return shared;
}

std::string usage(const CommandSpec& command, const std::string& path) {
  std::string line = path;
  if (!command.flags.empty()) line += " [FLAGS]";
  if (!command.commands.empty()) line += " COMMAND";
  for (const auto& positional : command.positionals) {
    const bool behind_dashes = positional.value.kind == ValueSpec::Kind::command;
    line += behind_dashes ? fmt::format(" [-- {}...]", positional.value.type)
                          : " " + placeholder(positional.value);
  }
  return line;
}

std::string command_part(const CommandSpec& command, const std::string& path,
                         const SharedFlags& shared) {
  std::string text =
      fmt::format(".SS {}\n{}{}\n", troff_argument(usage(command, path)),
                  troff_filled(command.help), command.help.ends_with('.') ? "" : ".");
  for (const PositionalSpec& positional : command.positionals) {
    text += fmt::format(".TP\n\\fI{}\\fR\n{}\n", troff(positional.value.type),
                        troff_filled(positional.help));
  }
  std::vector<FlagSpec> own;
  for (const FlagSpec& flag : command.flags) {
    const bool elsewhere = is_connection(flag) || std::any_of(shared.all.begin(), shared.all.end(),
                                                              [&](const FlagSpec& other) {
                                                                return same_flag(flag, other);
                                                              });
    if (!elsewhere) own.push_back(flag);
  }
  text += flag_entries(own);
  for (const CommandSpec& sub : command.commands) {
    text += command_part(sub, path + " " + sub.name, shared);
  }
  return text;
}

std::string heading(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::toupper(letter)); });
  return fmt::format(".SH {}\n", troff_argument(name));
}

std::string connection_section(const CommandSpec& root, const SharedFlags& shared) {
  if (shared.connection.empty()) return "";
  std::string names;
  for (const CommandSpec& command : root.commands) {
    if (!has_connection(command)) continue;
    names += fmt::format("{}\\fB{}\\fR", names.empty() ? "" : ", ", troff(command.name));
  }
  return heading("Connection flags") +
         "Every command that talks to a server has these, with the names and meaning of\n"
         "\\fBredis\\-cli\\fR(1) where it has them: " +
         names + ".\n" + flag_entries(shared.connection);
}

std::string example_section(const CommandSpec& root) {
  std::string text;
  for (const Example& example : k_examples) {
    const bool known =
        std::any_of(root.commands.begin(), root.commands.end(),
                    [&](const auto& command) { return command.name == example.command; });
    if (!known) continue;
    if (!text.empty()) text += ".PP\n";
    text += fmt::format("{}\n.PP\n.RS 4\n.nf\n{}\n.fi\n.RE\n", troff_filled(example.purpose),
                        troff(example.line));
  }
  return heading("Examples") + text;
}

/// "Operate and diagnose Redis caches." as it stands behind the name.
std::string name_line(const CommandSpec& root) {
  std::string help = root.help;
  if (help.ends_with('.')) help.pop_back();
  if (!help.empty()) {
    help.front() = static_cast<char>(std::tolower(static_cast<unsigned char>(help.front())));
  }
  return fmt::format("{} \\- {}\n", troff(root.name), troff(help));
}

/// A file is an example: its lines begin with two spaces to troff_topic().
std::string topic_part(const Topic& topic) {
  if (topic.form == Topic::Form::prose) return troff_topic(topic.text);
  auto example =
      fmt::format("A file to begin with, as \"rcache help {}\" prints it:\n\n", topic.name);
  bool at_start = true;
  for (const char letter : topic.text) {
    if (at_start && letter != '\n') example += "  ";
    example += letter;
    at_start = letter == '\n';
  }
  return troff_topic(example);
}

}  // namespace

std::string man_page(const CLI::App& tree) {
  const CommandSpec root = command_tree(tree);
  const SharedFlags shared = shared_flags(root);
  std::string text = fmt::format(
      ".\\\" Made by `rcache help man`.\n.TH RCACHE 1 {} {} {}\n.nh\n.ad l\n", k_date,
      troff_argument(fmt::format("rcache {}", k_version)), troff_argument("User Commands"));
  text += heading("Name") + name_line(root);
  text += heading("Synopsis") +
          "\\fBrcache\\fR \\fICOMMAND\\fR [\\fIFLAGS\\fR] [\\fIARGUMENTS\\fR]\n.br\n"
          "\\fBrcache\\fR \\fB\\-\\-help\\fR | \\fB\\-\\-version\\fR\n";
  text += heading("Description") + troff_topic(k_description);
  text += heading("Commands");
  for (const CommandSpec& command : root.commands) {
    text += command_part(command, "rcache " + command.name, shared);
  }
  text += connection_section(root, shared);
  text += heading("Output flags") + "Every command has these.\n" + flag_entries(shared.all);
  for (const Topic& topic : topics()) text += heading(topic.title) + topic_part(topic);
  text += example_section(root);
  text += heading("Files") + troff_topic(k_files);
  text += heading("See also") + "\\fBredis\\-cli\\fR(1), \\fBredis\\-server\\fR(1)\n";
  return text;
}

}  // namespace rcache::cli
