#include "cli/completion.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/App.hpp>
#include <CLI/Formatter.hpp>
#include <array>
#include <utility>
#include <vector>

#include "cli/command_tree.h"
#include "cli/completion_shells.h"
#include "core/suggest.h"
#include "core/key.h"

namespace rcache::cli {
namespace {

struct Shell {
  std::string_view name;
  std::string (*script)(const CommandSpec&);
};

constexpr std::array<Shell, 3> k_shells = {{
    {"bash", bash_completion},
    {"zsh", zsh_completion},
    {"fish", fish_completion},
}};

std::vector<std::string> shell_names() {
  std::vector<std::string> names;
  for (const Shell& shell : k_shells) names.emplace_back(shell.name);
  return names;
}

asio::awaitable<Result<Outcome>> run_completion(Context& context, const CLI::App& tree,
                                                std::shared_ptr<std::string> shell) {
  auto script = completion_script(tree, *shell);
  if (!script) co_return fail(std::move(script).error());
  auto written = context.output.write(*script);
  if (!written) co_return fail(std::move(written).error());
  co_return Outcome::done;
}

}  // namespace

Result<std::string> completion_script(const CLI::App& tree, std::string_view shell) {
  for (const Shell& known : k_shells) {
    if (known.name == shell) return known.script(command_tree(tree));
  }
  const auto names = shell_names();
  if (shell.empty()) {
    return fail(ErrorKind::usage,
                fmt::format("completion: a shell is missing (one of {})", fmt::join(names, ", ")),
                "try: source <(rcache completion bash)");
  }
  const auto near = suggest(shell, names);
  return fail(ErrorKind::usage,
              fmt::format("completion: '{}' is not a shell that is known here (one of {})",
                          printable(shell), fmt::join(names, ", ")),
              near ? fmt::format("did you mean '{}'?", *near) : "");
}

Command add_completion(CLI::App& tree) {
  auto* app =
      tree.add_subcommand("completion", "Print a script that lets the Tab key complete commands");
  auto shell = std::make_shared<std::string>();
  // Not required() and not checked by the parser: its words for both are not ours.
  app->add_option("shell", *shell, "The shell to make it for")
      ->type_name(fmt::format("{}", fmt::join(shell_names(), "|")));
  return {app, Command::Server::not_needed,
          [&tree, shell](Context& context) { return run_completion(context, tree, shell); }};
}

}  // namespace rcache::cli
