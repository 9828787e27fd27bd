#pragma once

#include <memory>
#include <optional>
#include <string>

#include "commands/invalidate/job.h"

namespace rcache::invalidate {

/// WAIT: how many replicas have what was removed.
///
/// Out:     the least number over all nodes, once all have `wanted`, or after five seconds.
/// Cost:    one WAIT at a time per node; it blocks only our connection.
/// Source:  https://redis.io/docs/latest/commands/wait/
asio::awaitable<Result<std::uint64_t>> wait_for_replicas(std::shared_ptr<Job> job,
                                                         std::uint64_t wanted);

/// PUBLISH of each pattern and tag, as typed. Out: what was sent. Cost: one PUBLISH each.
asio::awaitable<std::vector<std::string>> publish(std::shared_ptr<Job> job);

}  // namespace rcache::invalidate
