#pragma once

#include "commands/restore/run.h"

namespace rcache::restore {

/// Puts the members of the unsettled tags of run.batch back into their sets. A set that was gone
/// gets the expiry that it had; one that is there keeps its own. One that would have expired stays
/// away.
///
/// Out and errors as send_keys.
/// Cost:    per tag an EXISTS, an SADD for each 1,000 members and at most one PEXPIREAT, one after
/// the
///          other; in a dry run only the EXISTS.
asio::awaitable<Result<void>> send_tags(Run& run);

}  // namespace rcache::restore
