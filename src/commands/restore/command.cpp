#include "commands/restore/command.h"

#include <fmt/format.h>

#include <CLI/Option.hpp>

#include "commands/confirmation.h"
#include "commands/flags.h"
#include "commands/restore/render.h"
#include "commands/restore/restorer.h"
#include "core/key.h"

namespace rcache::restore {
namespace {

Result<TtlMode> parse_ttl(std::string_view text) {
  if (text == "keep") return TtlMode::keep;
  if (text == "remaining") return TtlMode::remaining;
  return fail(ErrorKind::usage, fmt::format("'{}' is not one of keep, remaining", printable(text)));
}

/// What a person reads is without the key prefix.
void take_prefix_off(RestoreReport& report, const KeyPrefix& prefix) {
  for (auto& failure : report.failures) {
    if (const auto bare = prefix.off(failure.key)) failure.key = std::string(*bare);
  }
}

std::string rendered(const RestoreReport& report, Format format, const Look& look) {
  if (format == Format::json) return json(report);
  return text(report, {.width = static_cast<std::size_t>(look.width),
                       .color = look.color ? render::Color::on : render::Color::off});
}

/// Only what overwrites keys in production has to be confirmed: everything else leaves them alone.
asio::awaitable<Result<void>> confirm(Context& context, const Options& options) {
  if (options.dry_run || !options.replace || !context.safety.production) co_return Result<void>();
  const auto allowed = permission(context, options.yes.value(), "keys would be overwritten");
  if (!allowed) co_return fail(allowed.error());
  if (*allowed == Permission::given) co_return Result<void>();
  auto agreed = co_await ask(context, {}, "Overwrite keys that exist");
  if (!agreed) co_return fail(std::move(agreed).error());
  if (!*agreed)
    co_return fail(ErrorKind::refused,
                   "nothing was restored: the answer was not the profile's name");
  co_return Result<void>();
}

asio::awaitable<Result<Outcome>> run_restore(Context& context, Options options) {
  const auto format = options.format;
  if (auto confirmed = co_await confirm(context, options); !confirmed)
    co_return fail(std::move(confirmed).error());
  auto report = co_await restore_file(context, std::move(options));
  if (!report) co_return fail(std::move(report).error());
  take_prefix_off(*report, context.key_prefix);
  const auto result = rendered(*report, format, context.output.look());
  // A closed pipe does not change what was done.
  if (auto written = context.output.write(result); !written && !context.output.pipe_closed())
    co_return fail(std::move(written).error());
  co_return report->complete ? Outcome::done : Outcome::incomplete;
}

}  // namespace

Command add_restore(CLI::App& tree) {
  auto* app = tree.add_subcommand(
      "restore", "Undo: put back what `invalidate --backup` saved, overwriting nothing");
  auto options = std::make_shared<Options>();
  app->add_option("file", options->file, "The backup file")->type_name("FILE")->required();
  app->add_flag("--dry-run", options->dry_run, "Only say what would be restored");
  app->add_flag("--replace", options->replace, "Overwrite keys that exist");
  add_value(*app, "--match", options->match, Glob::parse, "GLOB", "Only the keys that match");
  add_value(
      *app, "--ttl", options->ttl, parse_ttl, "keep|remaining",
      "Expire when they would have (keep), or after the time that was left when they were saved");
  app->add_flag("--allow-evictions", options->allow_evictions,
                "Go on when the server evicts other keys to make room");
  app->add_flag("--other-db", options->other_database,
                "Restore into another database than the backup is of");
  add_yes(*app, options->yes);
  add_format(*app, options->format, {Format::text, Format::json});
  return {app, Command::Server::needed,
          [options](Context& context) { return run_restore(context, *options); }};
}

}  // namespace rcache::restore
