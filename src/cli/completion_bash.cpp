#include <fmt/format.h>

#include "cli/completion_shells.h"

namespace rcache::cli {
namespace {

/// The part that knows nothing of rcache's commands. It asks the three generated functions.
constexpr const char* k_engine = R"bash(
# Adds the words that begin with what is typed: "$1" put before each of the others. What readline
# takes for a part of its own, up to the last of COMP_WORDBREAKS, is left out of the replies.
_rcache_offer() {
  local before=$1 word
  local kept=${current%"${current##*["$COMP_WORDBREAKS"]}"}
  shift
  for word in "$@"; do
    word=$before$word
    if [[ $word == "$current"* ]]; then COMPREPLY+=("${word#"$kept"}"); fi
  done
}

# Offers values of the kind that $takes names; $1 is what stands before the value: "--output=".
_rcache_offer_value() {
  local name
  case $takes in
    choices) _rcache_offer "$1" "${choices[@]}" ;;
    file) compopt -o default 2>/dev/null ;;
    directory) compopt -o dirnames 2>/dev/null ;;
    program | command)
      while IFS= read -r name; do
        _rcache_offer "$1" "$name"
      done < <(compgen -c -- "${current#"$1"}")
      ;;
  esac
}

# Completes the last of the given words; the others are those before it, without "rcache".
_rcache_complete() {
  local path='' pending='' dashes='' place=0 index word
  local current=${!#} commands flags takes must choices
  for ((index = 1; index < $#; index++)); do
    word=${!index}
    if [[ -n $pending ]]; then
      pending=''
    elif [[ -z $dashes && $word == -- ]]; then
      dashes=yes
    elif [[ -z $dashes && $word == -?* ]]; then
      if _rcache_flag "$path" "$word" && [[ $must == yes ]]; then pending=$word; fi
    elif [[ -z $dashes ]] && _rcache_command "$path${path:+ }$word"; then
      path=$path${path:+ }$word
    elif _rcache_place "$path" "$place" && [[ $takes == command ]]; then
      # The rest of the line belongs to another program, perhaps to this one again.
      if [[ ${word##*/} == rcache ]]; then
        _rcache_complete "${@:index + 1}"
      else
        compopt -o default 2>/dev/null
      fi
      return
    else
      place=$((place + 1))
    fi
  done

  if [[ -n $pending ]]; then
    _rcache_flag "$path" "$pending"
    _rcache_offer_value ''
    return
  fi
  _rcache_command "$path"
  if [[ -z $dashes && $current == -*=* ]]; then
    if _rcache_flag "$path" "${current%%=*}"; then _rcache_offer_value "${current%%=*}="; fi
    return
  fi
  if [[ -z $dashes && $current == -* ]]; then
    _rcache_offer '' "${flags[@]}"
    return
  fi
  if [[ -z $dashes && $place -eq 0 ]]; then _rcache_offer '' "${commands[@]}"; fi
  if _rcache_place "$path" "$place"; then
    if [[ $takes == command && -z $dashes ]]; then
      _rcache_offer '' --
    else
      _rcache_offer_value ''
    fi
  elif [[ -z $dashes && -z $current && ${#commands[@]} -eq 0 ]]; then
    _rcache_offer '' "${flags[@]}"
  fi
}

# Bash cuts words at '=' and ':', too. Here they are put together again: pieces with nothing between
# them in the line up to the cursor are one word.
_rcache() {
  local IFS=$' \t\n' line=${COMP_LINE:0:COMP_POINT} words=() index piece rest
  COMPREPLY=()
  line=${line#*"${COMP_WORDS[0]}"}
  for ((index = 1; index <= COMP_CWORD; index++)); do
    piece=${COMP_WORDS[index]}
    rest=${line#"${line%%[![:space:]]*}"}
    if ((index == COMP_CWORD)); then piece=$rest; fi
    if [[ $rest == "$line" && ${#words[@]} -gt 0 ]]; then
      words[${#words[@]} - 1]+=$piece
    else
      words+=("$piece")
    fi
    line=${rest#"$piece"}
  done
  _rcache_complete "${words[@]}"
}

complete -F _rcache rcache
)bash";

std::string quoted(const std::string& word) {
  std::string result = "'";
  for (const char letter : word) result += letter == '\'' ? "'\\''" : std::string(1, letter);
  return result + "'";
}

std::string list(const std::vector<std::string>& words) {
  std::string result;
  for (const auto& word : words) result += (result.empty() ? "" : " ") + quoted(word);
  return "(" + result + ")";
}

const char* word_for(ValueSpec::Kind kind) {
  switch (kind) {
    case ValueSpec::Kind::none:
      return "nothing";
    case ValueSpec::Kind::text:
      return "text";
    case ValueSpec::Kind::choices:
      return "choices";
    case ValueSpec::Kind::file:
      return "file";
    case ValueSpec::Kind::directory:
      return "directory";
    case ValueSpec::Kind::program:
      return "program";
    case ValueSpec::Kind::command:
      return "command";
  }
  return "nothing";
}

std::string what_it_takes(const ValueSpec& value) {
  std::string result = fmt::format("takes={}", word_for(value.kind));
  if (!value.choices.empty()) result += " choices=" + list(value.choices);
  return result;
}

/// The generated functions: one `case` for each command in each of them.
struct Tables {
  std::string commands;
  std::string flags;
  std::string places;
};

std::string flag_cases(const CommandSpec& command) {
  std::string text;
  for (const FlagSpec& flag : command.flags) {
    if (flag.value.kind == ValueSpec::Kind::none) continue;
    std::string names;
    for (const auto& name : flag.names) names += (names.empty() ? "" : " | ") + quoted(name);
    text += fmt::format("        {}) {}{} ;;\n", names, what_it_takes(flag.value),
                        flag.value.optional ? " must=no" : "");
  }
  return text;
}

void add_command(Tables& tables, const CommandSpec& command, const std::string& path) {
  std::vector<std::string> below;
  std::vector<std::string> flags;
  for (const CommandSpec& sub : command.commands) below.push_back(sub.name);
  for (const FlagSpec& flag : command.flags) {
    flags.insert(flags.end(), flag.names.begin(), flag.names.end());
  }
  tables.commands += fmt::format("    {})\n      commands={}\n      flags={}\n      ;;\n",
                                 quoted(path), list(below), list(flags));
  if (const std::string cases = flag_cases(command); !cases.empty()) {
    tables.flags += fmt::format(
        "    {})\n      case $2 in\n{}        *) return 1 ;;\n"
        "      esac\n      ;;\n",
        quoted(path), cases);
  }
  int place = 0;
  for (const PositionalSpec& positional : command.positionals) {
    const std::string which =
        quoted(fmt::format("{}/", path)) + (positional.value.many ? "*" : std::to_string(place));
    tables.places += fmt::format("    {}) {} ;;\n", which, what_it_takes(positional.value));
    ++place;
  }
  for (const CommandSpec& sub : command.commands) {
    add_command(tables, sub, path + (path.empty() ? "" : " ") + sub.name);
  }
}

}  // namespace

std::string bash_completion(const CommandSpec& root) {
  Tables tables;
  add_command(tables, root, "");
  return fmt::format(
      R"bash(# bash completion for rcache, made by `rcache completion bash`.

# Sets $commands and $flags to what may follow the command that $1 names ('' is rcache itself).
_rcache_command() {{
  commands=() flags=()
  case $1 in
{}    *) return 1 ;;
  esac
}}

# Sets $takes to what the flag $2 of the command $1 is followed by, and $must to whether it has to be.
_rcache_flag() {{
  takes=nothing must=yes choices=()
  case $1 in
{}    *) return 1 ;;
  esac
}}

# Sets $takes to what stands in the place $2, from 0, of the command $1.
_rcache_place() {{
  takes=nothing choices=()
  case $1/$2 in
{}    *) return 1 ;;
  esac
}}
{})bash",
      tables.commands, tables.flags, tables.places, k_engine);
}

}  // namespace rcache::cli
