#pragma once

#include <memory>

#include "commands/invalidate/job.h"
#include "commands/invalidate/plan.h"

namespace rcache::invalidate {

/// Looks at everything that would be removed, and removes nothing.
///
/// Out:     the plan; with job->stopped set it is as far as it came.
/// Errors:  those of the scan.
/// Cost:    one SCAN per --count keys, one SSCAN per 500 members of a tag, and a TYPE and PTTL for
/// each of at most
///          1,000 keys, picked evenly from all that match.
asio::awaitable<Result<Plan>> make_plan(std::shared_ptr<Job> job);

/// The plan of a dry run as its receipt.
Receipt receipt_of(const Plan& plan, const Job& job);

/// Counts what matches, and stops as soon as there are more than `most`.
/// Out:     the number; more than `most` means at least so many.
asio::awaitable<Result<std::uint64_t>> count_up_to(std::shared_ptr<Job> job, std::uint64_t most);

}  // namespace rcache::invalidate
