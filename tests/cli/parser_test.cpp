#include "cli/parser.h"

#include <doctest/doctest.h>

#include <sstream>

#include <string>
#include <vector>

#include "cli/help.h"

namespace rcache::cli {
namespace {

using Words = std::vector<std::string>;

Error error_of(Words words) {
  Parser parser;
  const auto invocation = parser.parse(std::move(words));
  REQUIRE_FALSE(invocation);
  return invocation.error();
}

std::string printed(Words words) {
  Parser parser;
  const auto invocation = parser.parse(std::move(words));
  REQUIRE(invocation);
  CHECK(invocation->command == nullptr);
  return invocation->print;
}

}  // namespace

TEST_CASE("parser: a command is found with its flags") {
  Parser parser;
  const auto invocation =
      parser.parse({"stats", "-q", "--verbose", "--color=always", "-h", "host"});
  REQUIRE(invocation);
  REQUIRE(invocation->command != nullptr);
  CHECK(invocation->command->server == Command::Server::needed);
  CHECK(parser.common().quiet);
  CHECK(parser.common().verbose);
  CHECK(parser.common().color == ColorMode::always);
  CHECK(parser.connection().host == "host");
}

TEST_CASE("parser: no command at all is a cry for help, as is --help anywhere, and a last -h") {
  const auto whole = printed({});
  CHECK(whole.find("Usage: rcache [OPTIONS]") != std::string::npos);
  CHECK(printed({"--help"}) == whole);
  CHECK(printed({"-h"}) == whole);
  const auto stats = printed({"stats", "--help"});
  CHECK(stats.find("Usage: rcache stats [OPTIONS]") != std::string::npos);
  CHECK(printed({"stats", "-h"}) == stats);
  CHECK(printed({"stats", "--check", "-h"}) == stats);
  CHECK(printed({"stats", "-p", "1", "--help"}) == stats);
}

TEST_CASE("parser: a -h that is not last, or behind --, is no help") {
  Parser parser;
  const auto invocation = parser.parse({"demo", "--", "redis-cli", "-h"});
  REQUIRE(invocation);
  CHECK(invocation->command != nullptr);
}

TEST_CASE("parser: every command has help that names it and each of its flags") {
  Parser parser;
  REQUIRE(parser.commands().size() >= 4);
  for (const auto& command : parser.commands()) {
    const auto name = command_name(*command.app);
    CAPTURE(name);
    std::vector<std::string> words;  // "stampede simulate --help"
    std::istringstream each(name);
    for (std::string word; each >> word;) words.push_back(word);
    words.emplace_back("--help");
    const auto text = printed(words);
    CHECK(text == help_text(*command.app));
    CHECK_FALSE(command.app->get_description().empty());
    for (const auto& word : known_words(*command.app)) {
      CAPTURE(word);
      CHECK(text.find(word) != std::string::npos);
    }
  }
}

TEST_CASE("parser: the version") {
  CHECK(printed({"-v"}).starts_with("rcache "));
  CHECK(printed({"--version"}) == printed({"-v"}));
}

TEST_CASE("parser: mistakes in our own words, with what was probably meant") {
  struct Case {
    Words words;
    std::string message;
    std::string hint;
  };
  const Case cases[] = {
      {{"stat"}, "'stat' is not a command", "did you mean 'stats'?"},
      {{"xyzzy"}, "'xyzzy' is not a command", "rcache --help lists the commands"},
      {{"stats", "--chekc"},
       "stats: '--chekc' is not a flag of this command",
       "did you mean '--check'?"},
      {{"stats", "--chekc=1"},
       "stats: '--chekc' is not a flag of this command",
       "did you mean '--check'?"},
      {{"stats", "--xyzzy"},
       "stats: '--xyzzy' is not a flag of this command",
       "rcache stats --help lists its flags"},
      {{"stats", "-Z1"},
       "stats: '-Z' is not a flag of this command",
       "rcache stats --help lists its flags"},
      {{"--verison"}, "'--verison' is not a flag of rcache itself", "did you mean '--version'?"},
      {{"-q", "stats"},
       "'-q' is not a flag of rcache itself",
       "flags follow the command: rcache stats -h HOST"},
      {{"stats", "a", "b"},
       "stats: 'a' is one argument too many",
       "rcache stats --help shows what it takes"},
      {{"stats", "stats"},
       "stats: 'stats' is one argument too many",
       "rcache stats --help shows what it takes"},
      {{"stats", "-p"}, "--port: a value is missing", ""},
      {{"stats", "--window"}, "--window: a value is missing", ""},
      {{"stats", "--window", "-3s"},
       "--window: '-3s' is not a duration (try 90s, 15m, 24h or 7d)",
       ""},
      {{"stats", "--window=-3s"},
       "--window: '-3s' is not a duration (try 90s, 15m, 24h or 7d)",
       ""},
      {{"stats", "-p", "1", "-p", "2"}, "--port: is given more than once", "give it once"},
      {{"stats", "--quiet=S3CR3T"}, "--quiet: takes no value", ""},
      {{"stats", "-o", "junit"},
       "--output: 'junit' is not a form of output here (one of text|json|ndjson|csv|prometheus)",
       ""},
      {{"stats", "--color", "x"}, "--color: 'x' is not one of auto, always, never", ""},
  };
  for (const Case& c : cases) {
    CAPTURE(c.message);
    const auto error = error_of(c.words);
    CHECK(error.kind == ErrorKind::usage);
    CHECK(error.message == c.message);
    CHECK(error.hint == c.hint);
  }
}

TEST_CASE("parser: what may be a password is not quoted") {
  const std::string secret = "S3CR3T";
  for (const Words& words :
       {Words{"stats", "redis://:" + secret + "@h"}, Words{"redis://:" + secret + "@h"},
        Words{"stats", "--askpass", secret}, Words{"stats", "--askpass=" + secret},
        Words{"stats", "-a", "x", secret}, Words{"stats", "--passwd=" + secret},
        Words{"stats", "-A" + secret}, Words{"-a" + secret, "stats"},
        Words{"--pass=" + secret, "stats"}, Words{"stats", "-a", secret, "-a", secret}}) {
    CAPTURE(words.back());
    const auto error = error_of(words);
    CHECK(error.message.find(secret) == std::string::npos);
    CHECK(error.hint.find(secret) == std::string::npos);
  }
}

TEST_CASE("parser: what was typed is shown without its control bytes") {
  CHECK(error_of({"\x1b[2J"}).message == "'\\x1b[2J' is not a command");
  CHECK(error_of({"stats", "--\x07"}).message == "stats: '--\\x07' is not a flag of this command");
}

TEST_CASE("parser: flags of other parsers mean nothing here") {
  // CLI11 would otherwise read @files, config files and Windows' /flags.
  for (const char* word : {"@file", "/p", "--config-file=x"}) {
    CAPTURE(word);
    CHECK(error_of({"stats", word}).kind == ErrorKind::usage);
  }
}

namespace {

/// `tags` is a command and has more below it; `stampede` only has some below it.
std::vector<Command> nested_commands(CLI::App& tree) {
  const auto leaf = [](CLI::App* app, Command::Server server) { return Command{app, server, {}}; };
  auto* tags = tree.add_subcommand("tags", "Who belongs to what");
  auto* show = tags->add_subcommand("show", "One tag");
  show->add_option_function<std::string>(
          "tag", [](const std::string&) {}, "Which")
      ->type_name("TAG")
      ->required();
  auto* stampede = tree.add_subcommand("stampede", "The laboratory");
  auto* simulate = stampede->add_subcommand("simulate", "No server");
  return {leaf(tags, Command::Server::needed), leaf(show, Command::Server::needed),
          leaf(simulate, Command::Server::not_needed)};
}

Error nested_error_of(Words words) {
  Parser parser(nested_commands);
  const auto invocation = parser.parse(std::move(words));
  REQUIRE_FALSE(invocation);
  return invocation.error();
}

std::string nested_command_of(Words words) {
  Parser parser(nested_commands);
  const auto invocation = parser.parse(std::move(words));
  REQUIRE(invocation);
  REQUIRE(invocation->command != nullptr);
  return command_name(*invocation->command->app);
}

}  // namespace

TEST_CASE("parser: a command below a command is found, and so is the one above it") {
  CHECK(nested_command_of({"tags"}) == "tags");
  CHECK(nested_command_of({"tags", "-h", "host", "-q"}) == "tags");
  CHECK(nested_command_of({"tags", "show", "-h", "host", "-q", "org:1"}) == "tags show");
  CHECK(nested_command_of({"stampede", "simulate"}) == "stampede simulate");
  CHECK(nested_command_of({"stampede", "-q", "simulate"}) == "stampede simulate");
}

TEST_CASE("parser: an argument that is missing is named, unless a word is wrong besides") {
  const auto missing = nested_error_of({"tags", "show"});
  CHECK(missing.message == "tags show: TAG is missing");
  CHECK(missing.hint == "rcache tags show --help shows what it takes");
  CHECK(nested_error_of({"tags", "show", "--sed"}).message ==
        "tags show: '--sed' is not a flag of this command");
}

TEST_CASE("parser: what is wrong below a command is said with the whole name") {
  CHECK(nested_error_of({"tags", "shwo"}).message == "tags: 'shwo' is not a command");
  CHECK(nested_error_of({"tags", "shwo"}).hint == "did you mean 'rcache tags show'?");
  CHECK(nested_error_of({"tags", "xyzzy"}).hint == "it has show");
  CHECK(nested_error_of({"tags", "redis://u:secret@h"}).message == "tags: a URL is given with -u");
  CHECK(nested_error_of({"stampede"}).message == "stampede: a command is missing");
  CHECK(nested_error_of({"stampede"}).hint == "one of simulate");
  CHECK(nested_error_of({"stampede", "--sed"}).message ==
        "stampede: '--sed' is not a flag of this command");
  CHECK(nested_error_of({"tags", "show", "a", "b"}).message ==
        "tags show: 'b' is one argument too many");
  CHECK(nested_error_of({"tags", "show", "--verbos"}).hint == "did you mean '--verbose'?");
  CHECK(nested_error_of({"tags", "x", "show"}).message == "tags: 'x' is one argument too many");
}

TEST_CASE("parser: --help below a command is that command's") {
  Parser parser(nested_commands);
  const auto invocation = parser.parse({"stampede", "simulate", "--help"});
  REQUIRE(invocation);
  CHECK(invocation->print.find("Usage: rcache stampede simulate [OPTIONS]") != std::string::npos);
  Parser group(nested_commands);
  const auto overview = group.parse({"stampede", "--help"});
  REQUIRE(overview);
  CHECK(overview->print.find("simulate") != std::string::npos);
}

}  // namespace rcache::cli
