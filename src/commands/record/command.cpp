#include "commands/record/command.h"

#include <fmt/format.h>

#include <CLI/Option.hpp>

#include "commands/flags.h"
#include "commands/monitor_capture.h"
#include "commands/record/options.h"
#include "commands/record/recorder.h"
#include "commands/record/render.h"
#include "commands/text_look.h"
#include "core/units.h"

namespace rcache::record {
namespace {

std::string rendered(const RecordReport& report, Format format, const Look& look) {
  if (format == Format::json) return json(report);
  return text(report, text_look(look));
}

Result<void> check_options(const Options& options) {
  if (options.duration.count() == 0)
    return fail(ErrorKind::usage, "--for: 0 records nothing (try 30s)");
  if (options.max_bytes < k_least_bytes) {
    return fail(ErrorKind::usage, fmt::format("--max-bytes: a recording has room for at least {}",
                                              format_bytes(k_least_bytes)));
  }
  return {};
}

asio::awaitable<Result<Outcome>> run_record(Context& context, Options options) {
  if (auto checked = check_options(options); !checked) co_return fail(std::move(checked).error());
  const auto format = options.format;
  warn_of_monitor(context, options.duration);
  auto report = co_await record(context, std::move(options));
  if (!report) co_return fail(std::move(report).error());
  const auto result = rendered(*report, format, context.output.look());
  // A closed pipe does not change what was done.
  if (auto written = context.output.write(result); !written && !context.output.pipe_closed())
    co_return fail(std::move(written).error());
  co_return report->captured.complete() ? Outcome::done : Outcome::incomplete;
}

}  // namespace

Command add_record(CLI::App& tree) {
  auto* app = tree.add_subcommand(
      "record", "Record which keys are read and written when (a bounded MONITOR), for replay");
  auto options = std::make_shared<Options>();
  app->add_option("file", options->file, "The file to make; it must not exist")
      ->type_name("FILE")
      ->required();
  add_value(*app, "--for", options->duration, parse_duration, "DURATION", "Record this long (30s)");
  add_value(*app, "--match", options->match, Glob::parse, "GLOB", "Only the keys that match");
  add_value(*app, "--max-bytes", options->max_bytes, parse_size, "SIZE",
            "End when the file is this large (256mb)");
  app->add_flag("--plain-keys", options->plain_keys,
                "Write the names of keys; otherwise only hashes that cannot be looked up");
  add_format(*app, options->format, {Format::text, Format::json});
  return {app, Command::Server::needed,
          [options](Context& context) { return run_record(context, *options); }};
}

}  // namespace rcache::record
