#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/completion_shells.h"

namespace rcache::cli {
namespace {

/// In fish, only these two mean something inside single quotes.
std::string fish_quoted(std::string_view text) {
  std::string result = "'";
  for (const char letter : text) {
    if (letter == '\\' || letter == '\'') result += '\\';
    result += letter;
  }
  return result + "'";
}

/// The paths of all commands below: "stats", "tags show".
std::vector<std::string> paths_of(const CommandSpec& command, const std::string& path) {
  std::vector<std::string> paths;
  for (const CommandSpec& sub : command.commands) {
    paths.push_back(path + (path.empty() ? "" : " ") + sub.name);
    const auto below = paths_of(sub, paths.back());
    paths.insert(paths.end(), below.begin(), below.end());
  }
  return paths;
}

std::string arguments_of(const ValueSpec& value) {
  switch (value.kind) {
    case ValueSpec::Kind::none:
      return "";
    case ValueSpec::Kind::text:
      return " -x";
    case ValueSpec::Kind::choices:
      return " -x -a " + fish_quoted(fmt::format("{}", fmt::join(value.choices, " ")));
    case ValueSpec::Kind::file:
      return " -r -F";
    case ValueSpec::Kind::directory:
      return " -x -a '(__fish_complete_directories)'";
    case ValueSpec::Kind::program:
    case ValueSpec::Kind::command:
      return " -x -a '(__fish_complete_command)'";
  }
  return "";
}

std::string flag_line(const FlagSpec& flag, const std::string& condition) {
  std::string line = "complete -c rcache" + condition;
  for (const auto& name : flag.names) {
    line += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
  }
  // A value that may be left out is only ever given as --flag=value: fish has no word for more.
  if (!flag.value.optional) line += arguments_of(flag.value);
  return line + " -d " + fish_quoted(flag.help) + "\n";
}

std::string positional_line(const PositionalSpec& positional, const std::string& path) {
  const auto& value = positional.value;
  if (value.kind == ValueSpec::Kind::none || value.kind == ValueSpec::Kind::text) return "";
  if (value.kind == ValueSpec::Kind::command) {
    return fmt::format(
        "complete -c rcache -n \"__rcache_at '{0}'\" -a -- -d {1}\n"
        "complete -c rcache -n \"__rcache_at '{0} --'\" -a '(__rcache_behind_dashes)'\n",
        path, fish_quoted(positional.help));
  }
  if (value.kind == ValueSpec::Kind::file) {
    return fmt::format("complete -c rcache -n \"__rcache_at '{}'\" -F\n", path);
  }
  return fmt::format("complete -c rcache -n \"__rcache_at '{}'\"{}\n", path, arguments_of(value));
}

void add_command(std::string& text, const CommandSpec& command, const std::string& path) {
  const auto condition = fmt::format(" -n \"__rcache_at '{}'\"", path);
  text += "\n";
  for (const CommandSpec& sub : command.commands) {
    text += fmt::format("complete -c rcache{} -a {} -d {}\n", condition, sub.name,
                        fish_quoted(sub.help));
  }
  for (const PositionalSpec& positional : command.positionals) {
    text += positional_line(positional, path);
  }
  for (const FlagSpec& flag : command.flags) text += flag_line(flag, condition);
  for (const CommandSpec& sub : command.commands) {
    add_command(text, sub, path + (path.empty() ? "" : " ") + sub.name);
  }
}

}  // namespace

std::string fish_completion(const CommandSpec& root) {
  std::string paths;
  for (const auto& path : paths_of(root, "")) paths += " " + fish_quoted(path);
  std::string text =
      fmt::format(R"fish(# fish completion for rcache, made by `rcache completion fish`.

# Whether the words before the cursor lead to the command $argv[1]; '' is rcache itself. A "--" is a
# part of the path, and the last one.
function __rcache_at
    set -l known{}
    set -l path
    for word in (commandline -opc)[2..]
        if test "$word" = --
            set -a path --
            break
        end
        set -l longer (string join ' ' -- $path $word)
        if contains -- "$longer" $known
            set -a path $word
        end
    end
    test "$path" = "$argv[1]"
end

# What completes the command line behind the "--".
function __rcache_behind_dashes
    set -l words (commandline -opc)
    set -l dashes (contains -i -- -- $words)
    set -l behind $words[(math $dashes + 1)..]
    complete -C (string join ' ' -- (string escape -- $behind) (commandline -ct))
end

complete -c rcache -e
complete -c rcache -f
)fish",
                  paths);
  add_command(text, root, "");
  return text;
}

}  // namespace rcache::cli
