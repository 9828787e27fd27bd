#pragma once

#include <cstddef>

#include "commands/demo/chunk.h"
#include "commands/demo/plan.h"

namespace rcache::demo {

/// One batch of an application's reads: the popular keys most often, some that are not there, and
/// what it counts of both in metrics:cache_hits and metrics:cache_misses.
///
/// In: index, of the batch; any number, each gives another batch.
void read_batch(const Plan& plan, std::size_t index, Chunk& chunk);

/// What an operator should find in the command statistics: KEYS, SMEMBERS, HGETALL of a big hash.
void read_carelessly(const Plan& plan, std::size_t index, Chunk& chunk);

/// Asks for codes that have expired, which is when the server notices. The chunk waits until they
/// have.
void read_spent_code(const Plan& plan, std::size_t index, Chunk& chunk);

}  // namespace rcache::demo
