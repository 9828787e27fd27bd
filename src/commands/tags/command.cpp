#include "commands/tags/command.h"

#include <CLI/Option.hpp>

#include "commands/flags.h"
#include "commands/tags/check.h"
#include "commands/tags/prune.h"
#include "commands/tags/views.h"

namespace rcache::tags {
namespace {

using Run = asio::awaitable<Result<Outcome>> (*)(Context&, Options);

Command command(CLI::App* app, std::shared_ptr<Options> options, Run run) {
  add_layout(*app, options->naming);
  add_format(*app, options->format, {Format::text, Format::json, Format::ndjson, Format::csv});
  return {app, Command::Server::needed,
          [options, run](Context& context) { return run(context, *options); }};
}

}  // namespace

std::vector<Command> add_tags(CLI::App& tree) {
  auto* list = tree.add_subcommand("tags", "List tags, look into them, check and clean them");
  const auto options = std::make_shared<Options>();
  auto* show = list->add_subcommand("show", "The members of a tag, and whether their keys live");
  show->add_option("TAG", options->tag, "The tag: org:1")->type_name("")->required();
  auto* of = list->add_subcommand("of", "The tags that hold a key");
  of->add_option("KEY", options->key, "The key")->type_name("")->required();
  auto* check = list->add_subcommand(
      "check", "Find dead members, keys that outlive their tag, and keys in no tag");
  check->add_option("TAG", options->tags, "Only these tags; without, all of them")->type_name("");
  check
      ->add_option("--pattern", options->pattern,
                   "Look for keys like this that no tag holds: 'contacts:*'")
      ->type_name("GLOB");
  auto* prune = list->add_subcommand("prune", "Remove members whose keys are gone");
  prune->add_flag("--dry-run", options->dry_run, "Show what would be removed, and remove nothing");
  add_yes(*prune, options->yes);
  return {command(list, options, list_tags), command(show, options, show_tag),
          command(of, options, tags_of_key), command(check, options, check_tags),
          command(prune, options, prune_tags)};
}

}  // namespace rcache::tags
