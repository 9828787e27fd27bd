#include "cli/completion.h"
#include "support/contains.h"

#include <doctest/doctest.h>

#include "cli/command_tree.h"
#include "cli/small_tree.h"

namespace rcache::cli {
namespace {

std::string script(const char* shell) {
  const test::SmallTree small;
  const auto text = completion_script(small.app, shell);
  REQUIRE(text);
  return *text;
}

using test::contains;

void each_flag(const CommandSpec& command, const std::function<void(const std::string&)>& visit) {
  for (const auto& flag : command.flags) {
    for (const auto& name : flag.names) visit(name);
  }
  for (const auto& below : command.commands) each_flag(below, visit);
}

}  // namespace

TEST_CASE("completion_script: every flag is in the script of every shell") {
  const test::SmallTree small;
  const auto tree = command_tree(small.app);
  each_flag(tree, [](const std::string& name) {
    CAPTURE(name);
    CHECK(contains(script("bash"), "'" + name + "'"));
    CHECK(contains(script("zsh"), name));
    const bool is_long = name.starts_with("--");
    CHECK(contains(script("fish"), is_long ? " -l " + name.substr(2) : " -s " + name.substr(1)));
  });
}

TEST_CASE("completion_script: nothing hidden is in the script of any shell") {
  for (const char* shell : {"bash", "zsh", "fish"}) {
    CAPTURE(shell);
    CHECK_FALSE(contains(script(shell), "secret"));
    CHECK_FALSE(contains(script(shell), "internal"));
  }
}

TEST_CASE("completion_script: bash has the choices, and what each flag is followed by") {
  const auto text = script("bash");
  CHECK(contains(text, "'-o' | '--output') takes=choices choices=('text' 'json' 'prometheus') ;;"));
  CHECK(contains(text, "'--save') takes=file ;;"));
  CHECK(contains(text, "'--watch') takes=text must=no ;;"));
  CHECK(contains(text, "'demo/'*) takes=command ;;"));
  CHECK_FALSE(contains(text, "_init_completion"));
}

TEST_CASE("completion_script: zsh gets brackets, colons and quotes escaped") {
  const auto text = script("zsh");
  CHECK(text.starts_with("#compdef rcache\n"));
  CHECK(contains(
      text, R"zsh('(-o --output)'{-o+,--output=}'[How to write it\: \[all\] of '\''them'\'']:)zsh"
            R"zsh(text|json|prometheus:(text json prometheus)')zsh"));
  CHECK(contains(text, R"zsh('(--watch)'--watch=-'[Again and again]::DURATION: ')zsh"));
  CHECK(contains(text, R"zsh('(--max)'--max='[A limit]:N|P%%: ')zsh"));
}

TEST_CASE("completion_script: fish gets quotes escaped") {
  CHECK(contains(script("fish"),
                 R"fish(complete -c rcache -n "__rcache_at 'stats'" -s o -l output -x )fish"
                 R"fish(-a 'text json prometheus' -d 'How to write it: [all] of \'them\'')fish"));
}

TEST_CASE(
    "completion_script: a shell that is not known is a usage error that names those that are") {
  const test::SmallTree small;
  struct Case {
    std::string shell;
    std::string message;
    std::string hint;
  };
  const Case cases[] = {
      {"bsh", "completion: 'bsh' is not a shell that is known here (one of bash, zsh, fish)",
       "did you mean 'bash'?"},
      {"powershell",
       "completion: 'powershell' is not a shell that is known here (one of bash, zsh, fish)", ""},
      {"", "completion: a shell is missing (one of bash, zsh, fish)",
       "try: source <(rcache completion bash)"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.shell);
    const auto text = completion_script(small.app, c.shell);
    REQUIRE_FALSE(text);
    CHECK(text.error().kind == ErrorKind::usage);
    CHECK(text.error().message == c.message);
    CHECK(text.error().hint == c.hint);
  }
}

}  // namespace rcache::cli
