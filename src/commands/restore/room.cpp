#include "commands/restore/room.h"

#include "commands/restore/keys.h"

namespace rcache::restore {
namespace {

std::optional<std::string> first_shortage(const std::vector<Share>& shares, const Nodes& nodes) {
  for (const auto& share : shares) {
    auto why = shortage(to_string(share.node.address), nodes.state(share.node).at_start,
                        share.payload_bytes);
    if (why) return why;
  }
  return std::nullopt;
}

/// A dry run, of which only the bytes count.
asio::awaitable<Result<void>> measure_missing(Context& context, CheckedFile& file, Nodes& nodes,
                                              Options options) {
  options.dry_run = true;
  RestoreReport uncounted;
  Run run{context, nodes, options, uncounted};
  auto records = file.records(uncounted, options.bounds);
  if (!records) co_return fail(std::move(records).error());
  context.output.progress("looking which keys are missing");
  while (!run.stop && !context.interrupt.requested()) {
    auto batch = records->next();
    if (!batch) co_return fail(std::move(batch).error());
    if (batch->empty()) break;
    run.batch = std::move(*batch);
    if (auto asked = co_await send_keys(run); !asked) co_return asked;
  }
  co_return Result<void>();
}

}  // namespace

asio::awaitable<Result<void>> check_room(Context& context, CheckedFile& file, Nodes& nodes,
                                         const Options& options, std::vector<Share> shares,
                                         RestoreReport& report) {
  if (options.allow_evictions || !first_shortage(shares, nodes)) co_return Result<void>();
  if (!options.replace) {
    auto measured = co_await measure_missing(context, file, nodes, options);
    if (!measured) co_return measured;
    for (auto& share : shares) share.payload_bytes = nodes.state(share.node).missing_bytes;
  }
  auto why = first_shortage(shares, nodes);
  if (!why) co_return Result<void>();
  if (options.dry_run) {
    report.reasons.push_back(*why + ": without --allow-evictions this will be refused");
    co_return Result<void>();
  }
  co_return fail(ErrorKind::refused, std::move(*why),
                 "nothing was restored; raise maxmemory, take less with --match, or accept that "
                 "keys are lost with --allow-evictions");
}

}  // namespace rcache::restore
