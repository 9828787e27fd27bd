#include "commands/invalidate/command.h"

#include <fmt/format.h>

#include <CLI/Option.hpp>
#include <algorithm>
#include <array>

#include "commands/flags.h"
#include "commands/invalidate/run.h"
#include "core/key.h"
#include "core/units.h"

namespace rcache::invalidate {
namespace {

constexpr std::int64_t k_largest_count = 10'000;

Result<BackupMode> parse_backup_mode(std::string_view text) {
  if (text == "exact") return BackupMode::exact;
  if (text == "fast") return BackupMode::fast;
  return fail(ErrorKind::usage, fmt::format("'{}' is not one of exact, fast", printable(text)));
}

/// A wrong word would silently match nothing. Modules name theirs with a hyphen: "ReJSON-RL".
Result<std::string> parse_type(std::string_view text) {
  static constexpr std::array<std::string_view, 7> k_types = {
      "string", "list", "set", "zset", "hash", "stream", "vectorset"};
  const bool known = std::find(k_types.begin(), k_types.end(), text) != k_types.end();
  if (known || text.find('-') != std::string_view::npos) return std::string(text);
  return fail(
      ErrorKind::usage,
      fmt::format("'{}' is not one of string, list, set, zset, hash, stream", printable(text)));
}

Result<void> check_values(const Options& options) {
  if (options.patterns.empty() && options.tags.empty()) {
    return fail(ErrorKind::usage, "invalidate: a pattern is missing",
                "rcache invalidate 'contacts:org1:*', or --tag TAG");
  }
  for (const auto& tag : options.tags)
    if (tag.empty()) return fail(ErrorKind::usage, "--tag: '' is not a tag");
  if (options.count < 1 || options.count > k_largest_count) {
    return fail(ErrorKind::usage,
                fmt::format("--count: {} is not between 1 and 10000", options.count),
                "400 keys are about half a millisecond of the server's time");
  }
  if (options.max_latency && options.max_latency->count() == 0)
    return fail(ErrorKind::usage, "--max-latency: 0 cannot be held (try 5ms)");
  if (options.rate && *options.rate <= 0)
    return fail(ErrorKind::usage, "--rate: 0 keys a second never end (try 1000)");
  if (options.wait && *options.wait < 1)
    return fail(ErrorKind::usage, "--wait: 0 replicas are no protection (try 1)");
  for (const auto& window : {options.spread, options.expire_in}) {
    if (window && window->count() == 0)
      return fail(ErrorKind::usage, "--spread and --expire-in: 0 is no time (try 60s)");
  }
  return {};
}

Result<void> check_combinations(const Options& options) {
  if (options.spread && options.expire_in) {
    return fail(ErrorKind::usage, "--spread and --expire-in both say when keys expire",
                "give one of them");
  }
  if (options.expires() && options.verify) {
    return fail(ErrorKind::usage, "--verify does not go with --spread or --expire-in",
                "the keys are still there when the run ends");
  }
  if (!options.type.empty() && !options.tags.empty()) {
    return fail(ErrorKind::usage, "--type does not go with --tag: a tag names its keys",
                "leave one out");
  }
  if (options.print0 && options.format == Format::json) {
    return fail(ErrorKind::usage, "-0 does not go with -o json: raw keys are no JSON",
                "--print-keys lists them in the document");
  }
  return {};
}

asio::awaitable<Result<Outcome>> run_checked(Context& context, Options options) {
  if (auto checked = check_values(options); !checked) co_return fail(std::move(checked).error());
  if (auto checked = check_combinations(options); !checked)
    co_return fail(std::move(checked).error());
  co_return co_await run_invalidate(context, std::move(options));
}

void add_selection(CLI::App& app, Options& options) {
  app.add_option("PATTERN", options.patterns,
                 "Redis globs of the keys to remove: 'contacts:org1:*'")
      ->type_name("");
  app.add_option("--tag", options.tags, "Remove the members of a tag (sets tag:TAG, cachetag:TAG)")
      ->type_name("TAG")
      ->allow_extra_args(false);
  add_layout(app, options.naming);
  app.add_option("--exclude", options.exclude, "Leave out keys that match")
      ->type_name("GLOB")
      ->allow_extra_args(false);
  app.add_option("--protect", options.protect, "Never remove keys that match; counted")
      ->type_name("GLOB")
      ->allow_extra_args(false);
  add_value(app, "--type", options.type, parse_type, "TYPE",
            "Only keys of this type, as TYPE says");
  app.add_flag("--all", options.all, "Allow a pattern that matches every key");
}

void add_safety(CLI::App& app, Options& options) {
  const std::string group = "Safety";
  app.add_flag("--dry-run", options.dry_run, "Show what would be removed, and remove nothing")
      ->group(group);
  add_yes(app, options.yes)->group(group);
  add_value(app, "--max-keys", options.max_keys, parse_count, "N",
            "Remove nothing when more than N keys match")
      ->group(group);
  app.add_option("--backup", options.backup, "Save each key in this new file before it is removed")
      ->type_name("FILE")
      ->group(group);
  add_value(app, "--backup-mode", options.backup_mode, parse_backup_mode, "exact|fast",
            "exact: what goes is what was saved; fast: no WATCH")
      ->group(group);
  add_value(app, "--backup-max-value", options.backup_max_value, parse_size, "SIZE",
            "Keep keys that are larger, instead of saving them (32MiB)")
      ->group(group);
  app.add_flag("--verify", options.verify, "Scan again at the end, and remove what came back")
      ->group(group);
  add_value(app, "--wait", options.wait, parse_count, "N", "Wait until N replicas have it")
      ->group(group);
}

void add_pace(CLI::App& app, Options& options) {
  const std::string group = "Pace";
  add_value(app, "--rate", options.rate, parse_rate, "KEYS/S",
            "Remove at most so many keys a second")
      ->group(group);
  add_value(app, "--max-latency", options.max_latency, parse_duration, "DURATION",
            "Keep the server's response time below this")
      ->group(group);
  add_value(app, "--max-lag", options.max_lag, parse_duration, "DURATION",
            "Wait for replicas that are further behind")
      ->group(group);
  add_value(app, "--max-time", options.max_time, parse_duration, "DURATION", "Stop after this long")
      ->group(group);
  app.add_option("--stop-file", options.stop_file, "Stop when this file appears")
      ->type_name("FILE")
      ->group(group);
  add_value(app, "--count", options.count, parse_count, "N", "Keys to look at per SCAN (400)")
      ->group(group);
  add_value(app, "--spread", options.spread, parse_duration, "DURATION",
            "Do not remove: expire within this time, each at its own moment")
      ->group(group);
  add_value(app, "--expire-in", options.expire_in, parse_duration, "DURATION",
            "Do not remove: expire after this time")
      ->group(group);
}

}  // namespace

Command add_invalidate(CLI::App& tree) {
  auto* app = tree.add_subcommand(
      "invalidate", "Remove what is stale, by pattern or tag: fast, gentle, undoable");
  auto options = std::make_shared<Options>();
  add_selection(*app, *options);
  add_safety(*app, *options);
  add_pace(*app, *options);
  app->add_option("--publish", options->publish, "Then send each pattern and tag to this channel")
      ->type_name("CHANNEL");
  app->add_flag("--print-keys", options->print_keys, "List the keys on stdout");
  app->add_flag("-0,--print0", options->print0, "The same, raw and each ended by a NUL byte");
  add_format(*app, options->format, {Format::text, Format::json});
  return {app, Command::Server::needed,
          [options](Context& context) { return run_checked(context, *options); }};
}

}  // namespace rcache::invalidate
