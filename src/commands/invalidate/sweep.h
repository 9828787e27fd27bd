#pragma once

#include <functional>
#include <memory>

#include "commands/invalidate/job.h"
#include "redis/scan.h"

namespace rcache::invalidate {

/// What one look over the keyspace came to.
struct Sweep {
  redis::Coverage coverage;
  std::uint64_t scanned = 0;
  std::uint64_t orphans = 0;
};

/// Scans for the patterns and removes what is selected, batch for batch as it is found.
///
/// Out:     what was covered; what was done stands in the ledger. It ends early when job->stopped
/// is set (by
///          --max-time, --stop-file, Ctrl-C, a full disk).
/// Errors:  those of Scan::next().
/// Cost:    one SCAN per --count keys and the removals; see remove_keys(). Patterns that are plain
/// keys need no
///          SCAN, see plain_keys.h.
asio::awaitable<Result<Sweep>> sweep(std::shared_ptr<Job> job);

/// What a look takes note of: called for every key that a pattern matches.
using Visitor =
    std::function<void(const redis::KeyBatch& batch, std::string& key, Verdict verdict)>;

/// Scans for the patterns and only shows the keys to `visit`; sends nothing that writes.
asio::awaitable<Result<Sweep>> look_over(std::shared_ptr<Job> job, Visitor visit);

}  // namespace rcache::invalidate
