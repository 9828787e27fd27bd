#include "commands/restore/restorer.h"

#include <fmt/format.h>

#include "commands/restore/checked_file.h"
#include "commands/restore/forecast.h"
#include "commands/restore/keys.h"
#include "commands/restore/probe.h"
#include "commands/restore/room.h"
#include "commands/restore/run.h"
#include "commands/restore/tag_members.h"
#include "commands/restore/tally.h"
#include "core/units.h"

namespace rcache::restore {
namespace {

/// Walks through it again, without counting anything.
Result<std::vector<Share>> look_ahead(CheckedFile& file, const Options& options,
                                      const Nodes& nodes) {
  RestoreReport uncounted;
  auto records = file.records(uncounted, options.bounds);
  if (!records) return fail(std::move(records).error());
  return forecast(std::move(*records), nodes);
}

asio::awaitable<Result<void>> prove_readable(Context& context, const CheckedFile& file,
                                             std::vector<Share> shares, redis::Mode mode) {
  const auto number = static_cast<std::uint64_t>(context.clock.unix_milliseconds());
  for (auto& share : shares) {
    auto proved = co_await probe(std::move(share), mode, file.summary.versions,
                                 file.reader->header().server, number);
    if (!proved) co_return proved;
  }
  co_return Result<void>();
}

/// What the user should know before, though it stops nothing.
void warn(Context& context, const std::vector<Share>& shares, const Nodes& nodes,
          const Options& options) {
  const auto doubt = options.match ? options.match->doubt() : std::string();
  if (!doubt.empty()) context.output.note("rcache: " + doubt);
  if (options.dry_run || options.allow_evictions) return;
  for (const auto& share : shares) {
    if (nodes.state(share.node).at_start.evicted_keys) continue;
    context.output.note(
        fmt::format("rcache: {} does not tell its memory (INFO): evictions will go unnoticed",
                    to_string(share.node.address)));
  }
}

/// Everything that must hold before the first key is written.
asio::awaitable<Result<void>> prepare(Context& context, CheckedFile& file, Nodes& nodes,
                                      const Options& options, RestoreReport& report) {
  if (auto asked = co_await nodes.survey(); !asked) co_return asked;
  auto shares = look_ahead(file, options, nodes);
  if (!shares) co_return fail(std::move(shares).error());
  warn(context, *shares, nodes, options);
  auto room = co_await check_room(context, file, nodes, options, *shares, report);
  if (!room) co_return room;
  if (options.dry_run) co_return Result<void>();
  co_return co_await prove_readable(context, file, std::move(*shares), nodes.servers().mode());
}

asio::awaitable<Result<void>> attempt(Run& run) {
  if (auto asked = co_await run.nodes.survey(); !asked) co_return asked;
  if (auto keys = co_await send_keys(run); !keys || run.stop) co_return keys;
  co_return co_await send_tags(run);
}

/// Reaches the servers again and sends what was not answered once more.
asio::awaitable<Result<void>> attempt_again(Run& run, Error lost) {
  if (auto refreshed = co_await run.nodes.servers().refresh(); !refreshed) co_return refreshed;
  if (!run.was_lost && !run.options.dry_run) {
    run.report.reasons.push_back(fmt::format(
        "{}: it was reached again, and {}", lost.message,
        run.options.replace ? "what had not been answered was sent again"
                            : "keys that had been restored just before count as existing"));
  }
  run.was_lost = true;
  co_return co_await attempt(run);
}

void halt_for(Run& run, const Error& error) {
  const auto unsettled = static_cast<std::int64_t>(run.batch.unsettled());
  if (unsettled > 0 && !run.options.dry_run) {
    run.report.reasons.push_back(fmt::format("{} {} sent and not answered: they may be back",
                                             format_count(unsettled),
                                             unsettled == 1 ? "record was" : "records were"));
  }
  const bool interrupted = error.kind == ErrorKind::interrupted;
  run.halt({interrupted ? "interrupted" : "server", interrupted ? "" : error.message});
}

asio::awaitable<void> send_batch(Run& run) {
  auto sent = co_await attempt(run);
  if (!sent && sent.error().kind == ErrorKind::connect && !run.stop)
    sent = co_await attempt_again(run, sent.error());
  if (!sent) halt_for(run, sent.error());
}

void show_progress(const Run& run) {
  const auto& report = run.report;
  run.context.output.progress(
      fmt::format("{} {} of {}", report.dry_run ? "would restore" : "restored",
                  format_count(report.restored), format_count(report.records)));
}

asio::awaitable<void> send_all(Run& run, BatchReader records) {
  while (!run.stop) {
    if (run.context.interrupt.requested()) co_return run.halt({"interrupted", ""});
    auto batch = records.next();
    if (!batch) co_return run.halt({"file", batch.error().message});
    if (batch->empty()) co_return;
    if (run.full) co_return run.halt(std::move(*run.full));
    run.batch = std::move(*batch);
    co_await send_batch(run);
    show_progress(run);
  }
}

}  // namespace

asio::awaitable<Result<RestoreReport>> restore_file(Context& context, Options options) {
  const auto started = context.clock.now();
  context.output.progress("checking the file");
  auto file = check_file(options, context.key_prefix);
  if (!file) co_return fail(std::move(file).error());
  if (auto fits = check_database(*file, context.safety.database, options); !fits)
    co_return fail(std::move(fits).error());
  auto report = begin_report(options, file->summary);
  auto servers = co_await context.connect();
  if (!servers) co_return fail(std::move(servers).error());
  // What has been sent is waited for, so that the report tells the truth.
  const Interrupt::Grace grace(context.interrupt);
  Nodes nodes(context, *servers, options.ttl);
  auto prepared = co_await prepare(context, *file, nodes, options, report);
  if (!prepared) co_return fail(std::move(prepared).error());
  auto records = file->records(report, options.bounds);
  if (!records) co_return fail(std::move(records).error());
  Run run{context, nodes, options, report};
  co_await send_all(run, std::move(*records));
  context.output.progress("");
  report.elapsed =
      std::chrono::duration_cast<std::chrono::milliseconds>(context.clock.now() - started);
  end_report(report, std::move(run.stop));
  co_return report;
}

}  // namespace rcache::restore
