#pragma once

#include "commands/command.h"
#include "commands/invalidate/options.h"

namespace rcache::invalidate {

/// The use case: from the flags to the receipt.
///
/// Out:     done only when everything that was meant is proven to be gone; refused when nothing
/// (more) was
///          done because of a cap or an answer; else incomplete.
/// Errors:  usage, connect, refused; interrupted when nothing had been removed yet.
/// Cost:    see planning.h, sweep.h, tag_sets.h and aftermath.h.
asio::awaitable<Result<Outcome>> run_invalidate(Context& context, Options options);

}  // namespace rcache::invalidate
