#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "commands/demo/chunk.h"
#include "commands/demo/plan.h"

namespace rcache::demo {

/// Key names made of what users typed into a search box: line breaks, quotes, terminal and
/// bidirectional controls, markup, bytes that are not UTF-8. Whoever prints keys must survive
/// these.
std::vector<std::string> hostile_keys();

/// What comes once in every cache, all of it in one go: the hostile keys, keys named by raw query
/// strings, leftovers without a namespace, counters, a lock whose holder crashed, rate limits
/// without TTL.
void write_oddities(const Plan& plan, std::size_t index, Chunk& chunk);

/// The stream events:contacts with the group `indexer`: some entries pending, some not yet read. No
/// TTL.
void write_stream(const Plan& plan, std::size_t index, Chunk& chunk);

/// How many fields one command adds to the big hash.
inline constexpr std::size_t k_fields_per_command = 250;
/// A part of contacts:org3:index, a hash that is too big for HGETALL. In: index, of the part.
void write_big_hash(const Plan& plan, std::size_t index, Chunk& chunk);

}  // namespace rcache::demo
