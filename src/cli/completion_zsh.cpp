#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/completion_shells.h"

namespace rcache::cli {
namespace {

constexpr const char* k_beginning = R"zsh(#compdef rcache
# zsh completion for rcache, made by `rcache completion zsh`.

# Another program's line, behind the "--".
_rcache_program() {
  if [[ $words[1] == -- ]]; then
    shift words
    (( CURRENT-- ))
  fi
  _normal
}

)zsh";

/// Autoloaded, the file is the function; sourced, it only has to be made known.
constexpr const char* k_end = R"zsh(if [[ $funcstack[1] == _rcache ]]; then
  _rcache "$@"
else
  compdef _rcache rcache
fi
)zsh";

/// Puts a backslash before each of the `special` characters.
std::string escaped(std::string_view text, std::string_view special) {
  std::string result;
  for (const char letter : text) {
    if (special.find(letter) != std::string_view::npos) result += '\\';
    result += letter;
  }
  return result;
}

std::string zsh_quoted(std::string_view text) {
  std::string result = "'";
  for (const char letter : text) {
    if (letter == '\'') {
      result += "'\\''";
    } else {
      result += letter;
    }
  }
  return result + "'";
}

/// The text between the brackets of a flag.
std::string description(std::string_view text) {
  return escaped(text, "\\[]:");
}

/// The heading above the values: '%' begins an escape of the prompt there.
std::string message(std::string_view text) {
  std::string result;
  for (const char letter : text) result += letter == '%' ? "%%" : escaped({&letter, 1}, "\\:");
  return result;
}

std::string action(const ValueSpec& value) {
  switch (value.kind) {
    case ValueSpec::Kind::none:
    case ValueSpec::Kind::text:
      return " ";
    case ValueSpec::Kind::choices:
      return fmt::format("({})", fmt::join(value.choices, " "));
    case ValueSpec::Kind::file:
      return "_files";
    case ValueSpec::Kind::directory:
      return "_files -/";
    case ValueSpec::Kind::program:
      return "_command_names -e";
    case ValueSpec::Kind::command:
      return "_rcache_program";
  }
  return " ";
}

std::string function_name(const std::string& path) {
  std::string name = "_rcache";
  for (const char letter : path) name += letter == ' ' ? '_' : letter;
  return name;
}

/// One line for _arguments: '(-o --output)'{-o+,--output=}'[How to write]:text|json:(text json)'
std::string flag_spec(const FlagSpec& flag) {
  const auto& value = flag.value;
  const bool takes = value.kind != ValueSpec::Kind::none;
  std::string names;
  for (const auto& name : flag.names) {
    std::string_view mark;
    if (takes) mark = !name.starts_with("--") ? "+" : value.optional ? "=-" : "=";
    names += fmt::format("{}{}{}", names.empty() ? "" : ",", name, mark);
  }
  const bool several = flag.names.size() > 1;
  const auto once = fmt::format("'({})'", fmt::join(flag.names, " "));
  std::string text = "[" + description(flag.help) + "]";
  if (takes) {
    text += fmt::format("{}{}:{}", value.optional ? "::" : ":", message(value.type), action(value));
  }
  return fmt::format("{}{}{}", value.many ? "'*'" : once, several ? "{" + names + "}" : names,
                     zsh_quoted(text));
}

/// A program's arguments ("*::") see a line of their own, without the words before.
std::string positional_spec(const PositionalSpec& positional) {
  const auto& value = positional.value;
  const char* mark = value.optional ? ":" : "";
  if (value.many) mark = value.kind == ValueSpec::Kind::command ? "*:" : "*";
  return zsh_quoted(fmt::format("{}:{}:{}", mark, message(positional.name), action(value)));
}

std::string dispatch(const CommandSpec& command, const std::string& path) {
  std::string text =
      "  [[ $state == argument ]] || return ret\n"
      "  case $line[1] in\n";
  for (const CommandSpec& sub : command.commands) {
    const auto below = path + (path.empty() ? "" : " ") + sub.name;
    text += fmt::format("    {}) {} && ret=0 ;;\n", sub.name, function_name(" " + below));
  }
  return text + "  esac\n  return ret\n";
}

/// Not called "commands": that is where zsh keeps the programs on PATH.
std::string list_of_commands(const CommandSpec& command) {
  std::string text = "  local -a subcommands=(\n";
  for (const CommandSpec& sub : command.commands) {
    text += "    " + zsh_quoted(fmt::format("{}:{}", sub.name, escaped(sub.help, "\\:"))) + "\n";
  }
  return text + "  )\n";
}

void add_function(std::string& text, const CommandSpec& command, const std::string& path) {
  for (const CommandSpec& sub : command.commands) {
    add_function(text, sub, path + (path.empty() ? "" : " ") + sub.name);
  }
  const bool has_commands = !command.commands.empty();
  text += fmt::format("{}() {{\n", function_name(path.empty() ? "" : " " + path));
  if (has_commands) {
    text += "  local curcontext=$curcontext state line ret=1\n  typeset -A opt_args\n";
    text += list_of_commands(command);
  }
  text += has_commands ? "  _arguments -C -s" : "  _arguments -s -S";
  for (const FlagSpec& flag : command.flags) text += " \\\n    " + flag_spec(flag);
  for (const auto& positional : command.positionals) {
    text += " \\\n    " + positional_spec(positional);
  }
  if (has_commands) {
    // "(-)": what follows the command is the command's own, flags too.
    text +=
        " \\\n    '(-)1:command:{_describe command subcommands}'"
        " \\\n    '(-)*::argument:->argument' && ret=0\n";
    text += dispatch(command, path);
  } else {
    text += "\n";
  }
  text += "}\n\n";
}

}  // namespace

std::string zsh_completion(const CommandSpec& root) {
  std::string text = k_beginning;
  add_function(text, root, "");
  return text + k_end;
}

}  // namespace rcache::cli
