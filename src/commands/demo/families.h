#pragma once

#include <cstddef>

#include "commands/demo/chunk.h"
#include "commands/demo/plan.h"

namespace rcache::demo {

/// The commands that write one key of a family. In: index, below the family's count in `plan`.
/// What a healthy cache holds; each with a TTL of its own, none in step with another.
void write_contacts(const Plan& plan, std::size_t index, Chunk& chunk);
void write_profile(const Plan& plan, std::size_t index, Chunk& chunk);
void write_profile_meta(const Plan& plan, std::size_t index, Chunk& chunk);
void write_session(const Plan& plan, std::size_t index, Chunk& chunk);
void write_product(const Plan& plan, std::size_t index, Chunk& chunk);
void write_search(const Plan& plan, std::size_t index, Chunk& chunk);
void write_rate_limit(const Plan& plan, std::size_t index, Chunk& chunk);
void write_code(const Plan& plan, std::size_t index, Chunk& chunk);
void write_lock(const Plan& plan, std::size_t index, Chunk& chunk);

/// What somebody forgot: no TTL at all, or all the same second.
void write_report(const Plan& plan, std::size_t index, Chunk& chunk);
void write_export(const Plan& plan, std::size_t index, Chunk& chunk);
void write_flag(const Plan& plan, std::size_t index, Chunk& chunk);

/// A code that is gone when the fill is done, so that the server has something to have expired.
void write_spent_code(const Plan& plan, std::size_t index, Chunk& chunk);

}  // namespace rcache::demo
