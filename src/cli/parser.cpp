#include "cli/parser.h"

#include <fmt/format.h>

#include <CLI/Config.hpp>  // App.hpp only declares what it and Formatter.hpp define
#include <CLI/Error.hpp>
#include <CLI/Formatter.hpp>
#include <CLI/Option.hpp>
#include <algorithm>

#include "cli/completion.h"
#include "cli/help.h"
#include "cli/version.h"
#include "commands/audit_ttl/command.h"
#include "commands/demo/command.h"
#include "commands/flags.h"
#include "commands/invalidate/command.h"
#include "commands/record/command.h"
#include "commands/restore/command.h"
#include "commands/stampede/command.h"
#include "commands/stats/command.h"
#include "commands/tags/command.h"
#include "core/key.h"
#include "core/suggest.h"

namespace rcache::cli {
namespace {

Result<ColorMode> parse_color(std::string_view text) {
  if (text == "auto") return ColorMode::automatic;
  if (text == "always") return ColorMode::always;
  if (text == "never") return ColorMode::never;
  return fail(ErrorKind::usage,
              fmt::format("'{}' is not one of auto, always, never", printable(text)));
}

void add_common_flags(CLI::App& app, CommonFlags& flags) {
  app.add_flag("-q,--quiet", flags.quiet, "Only the result and errors: no notes, no progress")
      ->group("Output");
  app.add_flag("--verbose", flags.verbose, "Say on stderr which servers were found")
      ->group("Output");
  add_value(app, "--color", flags.color, parse_color, "auto|always|never",
            "When to colour verdicts")
      ->group("Output");
}

/// CLI11's complaint in our words. Its own text begins with the flag's name.
Error in_our_words(const CLI::ParseError& error) {
  const std::string what = error.what();
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) {
    const auto name = what.substr(0, what.find(':'));
    if (what.find("required but received") != std::string::npos) {
      return {ErrorKind::usage, fmt::format("{}: is given more than once", printable(name)),
              "give it once"};
    }
    if (what.find("required") != std::string::npos) {
      return {ErrorKind::usage, fmt::format("{}: a value is missing", printable(name))};
    }
  }
  if (dynamic_cast<const CLI::ConversionError*>(&error) != nullptr) {
    // "Could not convert: --askpass = S3CR3T": all flags with a value read it themselves, so this
    // one has none, and what was meant for it may be a password.
    const auto name = what.substr(what.find("--") == std::string::npos ? 0 : what.find("--"));
    return {ErrorKind::usage,
            fmt::format("{}: takes no value", printable(name.substr(0, name.find(' '))))};
  }
  return {ErrorKind::usage, printable(what)};
}

/// The part of a wrong flag that can be quoted: behind it may stand a password (--passs=...,
/// -A...).
std::string flag_name(const std::string& word) {
  return word.starts_with("--") ? word.substr(0, word.find('=')) : word.substr(0, 2);
}

/// A URL typed as an argument can hold a password, so it is not quoted either.
bool looks_like_url(const std::string& word) {
  return word.find("://") != std::string::npos;
}

Error unknown_command(const std::string& word, const CLI::App& tree) {
  if (looks_like_url(word))
    return {ErrorKind::usage, "a URL is not a command", "rcache stats -u URL"};
  const auto near = suggest(word, known_words(tree));
  return {ErrorKind::usage, fmt::format("'{}' is not a command", printable(word)),
          near ? fmt::format("did you mean '{}'?", *near) : "rcache --help lists the commands"};
}

bool has_commands(const CLI::App& app) {
  return !app.get_subcommands([](const CLI::App*) { return true; }).empty();
}

/// "show, of, check"
std::string list_of_commands(const CLI::App& app) {
  std::string list;
  for (const auto* sub : app.get_subcommands([](const CLI::App*) { return true; }))
    list += (list.empty() ? "" : ", ") + sub->get_name();
  return list;
}

/// An argument that the command cannot do without, and did not get.
Error missing_argument(const CLI::App& app) {
  const auto name = command_name(app);
  const auto options = app.get_options([](const CLI::Option* option) {
    return option->get_required() && option->get_positional() && option->empty();
  });
  const auto what = options.empty()                            ? "an argument"
                    : options.front()->get_type_name().empty() ? options.front()->get_name()
                                                               : options.front()->get_type_name();
  return {ErrorKind::usage, fmt::format("{}: {} is missing", name, what),
          fmt::format("rcache {} --help shows what it takes", name)};
}

/// The command that was chosen, down to the last subcommand; the tree itself when none was.
const CLI::App& chosen_command(const CLI::App& tree) {
  const auto* app = &tree;
  while (!app->get_subcommands().empty()) app = app->get_subcommands().front();
  return *app;
}

/// A word behind a command that has commands of its own, and is none of them.
Error unknown_command_of(const std::string& word, const CLI::App& app) {
  const auto name = command_name(app);
  const auto near = suggest(word, known_words(app));
  return {ErrorKind::usage, fmt::format("{}: '{}' is not a command", name, printable(word)),
          near ? fmt::format("did you mean 'rcache {} {}'?", name, *near)
               : fmt::format("it has {}", list_of_commands(app))};
}

Error unknown_flag(const std::string& word, const CLI::App& app, const std::string& command) {
  const auto name = flag_name(word);
  const auto near = suggest(name, known_words(app));
  return {ErrorKind::usage,
          fmt::format("{}: '{}' is not a flag of this command", command, printable(name)),
          near ? fmt::format("did you mean '{}'?", *near)
               : fmt::format("rcache {} --help lists its flags", command)};
}

Error misplaced_flag(const std::string& word, const CLI::App& tree) {
  const auto name = flag_name(word);
  const auto near = suggest(name, known_words(tree));
  return {ErrorKind::usage, fmt::format("'{}' is not a flag of rcache itself", printable(name)),
          near ? fmt::format("did you mean '{}'?", *near)
               : "flags follow the command: rcache stats -h HOST"};
}

/// CLI11 takes a word such as "[a,b]" for a list and splits it; here it is a glob. A word that
/// begins with something else is left alone, so it gets a mark that the option takes off again.
constexpr char k_not_a_list = '\x1f';

void protect_globs(std::vector<std::string>& words) {
  for (auto& word : words) {
    if (word.size() > 1 && word.front() == '[' && word.back() == ']')
      word.insert(word.begin(), k_not_a_list);
  }
}

std::string without_mark(std::string word) {
  if (!word.empty() && word.front() == k_not_a_list) word.erase(0, 1);
  return word;
}

}  // namespace

std::vector<std::string> known_words(const CLI::App& app) {
  std::vector<std::string> words;
  for (const auto* sub : app.get_subcommands([](const CLI::App*) { return true; }))
    words.push_back(sub->get_name());
  for (const auto* option : app.get_options()) {
    for (const auto& name : option->get_lnames()) words.push_back("--" + name);
    for (const auto& name : option->get_snames()) words.push_back("-" + name);
  }
  return words;
}

std::vector<Command> all_commands(CLI::App& tree) {
  std::vector<Command> all;
  all.push_back(stats::add_stats(tree));
  all.push_back(invalidate::add_invalidate(tree));
  all.push_back(restore::add_restore(tree));
  all.push_back(audit_ttl::add_audit_ttl(tree));
  for (auto& command : tags::add_tags(tree)) all.push_back(std::move(command));
  all.push_back(record::add_record(tree));
  for (auto& command : stampede::add_stampede(tree)) all.push_back(std::move(command));
  all.push_back(demo::add_demo(tree));
  all.push_back(add_completion(tree));
  all.push_back(add_help(tree));
  return all;
}

Parser::Parser(AddCommands add_commands) : tree_("Operate and diagnose Redis caches.", "rcache") {
  // -h is redis-cli's host.
  tree_.set_help_flag("--help", "Print help");
  tree_.add_flag("-v,--version", version_, "Print the version");
  tree_.allow_extras();
  // One command: in `rcache help stats` the second word is an argument.
  tree_.require_subcommand(0, 1);
  tree_.footer(
      "Exit codes: rcache help exit-codes. Every command explains itself: rcache COMMAND --help.");
  for (auto& command : add_commands(tree_)) add(std::move(command));
}

void Parser::add(Command command) {
  // What is left over is for check_leftovers(), also behind the name of a mere group of commands.
  for (auto* app = command.app; app != &tree_; app = app->get_parent()) {
    app->allow_extras();
    if (has_commands(*app)) app->require_subcommand(0, 1);
    if (app->get_option_no_throw("--quiet") == nullptr) add_common_flags(*app, common_);
  }
  if (command.server == Command::Server::needed) add_connection_flags(*command.app, connection_);
  for (auto* option : command.app->get_options()) {
    if (option->get_items_expected_max() > 0) option->transform(without_mark, "");
  }
  commands_.push_back(std::move(command));
}

Result<Invocation> Parser::parse(std::vector<std::string> words) {
  const auto dashes = std::find(words.begin(), words.end(), "--");
  // redis-cli's -h wants a host; without one, it can only be a cry for help.
  if (!words.empty() && words.back() == "-h" && dashes == words.end()) words.back() = "--help";
  const bool nothing = words.empty();
  protect_globs(words);
  std::reverse(words.begin(), words.end());  // CLI11 takes the words from the back
  try {
    tree_.parse(std::move(words));
  } catch (const CLI::CallForHelp&) {
    return Invocation{nullptr, help_text(chosen_command(tree_))};
  } catch (const CLI::RequiredError&) {
    // A word that is wrong says more than the one that is missing.
    if (auto words_fit = check_leftovers(); !words_fit) return words_fit;
    return fail(missing_argument(chosen_command(tree_)));
  } catch (const CLI::ParseError& error) {
    return fail(in_our_words(error));
  }
  if (version_) return Invocation{nullptr, fmt::format("rcache {}\n", k_version)};
  if (nothing) return Invocation{nullptr, help_text(tree_)};
  return check_leftovers();
}

Error Parser::one_too_many(const std::string& word, const std::string& command) const {
  if (looks_like_url(word)) {
    return {ErrorKind::usage, fmt::format("{}: a URL is given with -u", command),
            fmt::format("rcache {} -u URL", command)};
  }
  // Behind a password it may be the rest of it: one with a blank that was not quoted.
  const bool secret = connection_.password || connection_.ask_password;
  return {ErrorKind::usage,
          secret ? fmt::format("{}: there is one argument too many", command)
                 : fmt::format("{}: '{}' is one argument too many", command, printable(word)),
          fmt::format("rcache {} --help shows what it takes", command)};
}

Result<Invocation> Parser::check_leftovers() {
  if (const auto extras = tree_.remaining(false); !extras.empty()) {
    const auto& word = extras.front();
    return fail(word.starts_with('-') ? misplaced_flag(word, tree_) : unknown_command(word, tree_));
  }
  const auto& last = chosen_command(tree_);
  for (const auto* app = &last; app != &tree_; app = app->get_parent()) {
    if (auto leftover = check_words(*app); !leftover) return fail(std::move(leftover).error());
  }
  for (const auto& command : commands_) {
    if (command.app == &last) return Invocation{&command, {}};
  }
  if (&last == &tree_)
    return fail(ErrorKind::usage, "a command is missing", "rcache --help lists the commands");
  return fail(ErrorKind::usage, fmt::format("{}: a command is missing", command_name(last)),
              fmt::format("one of {}", list_of_commands(last)));
}

Result<void> Parser::check_words(const CLI::App& app) const {
  const auto name = command_name(app);
  for (const auto& word : app.remaining(false)) {
    if (word == "--") continue;  // it has done its work: what follows is no flag
    if (word.size() > 1 && word.starts_with('-')) return fail(unknown_flag(word, app, name));
    if (has_commands(app) && app.get_subcommands().empty() && !looks_like_url(word))
      return fail(unknown_command_of(word, app));
    return fail(one_too_many(word, name));
  }
  return {};
}

}  // namespace rcache::cli
