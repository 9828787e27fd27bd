#pragma once

#include <memory>

#include "trace/decoder.h"

namespace rcache::trace {

inline constexpr std::size_t k_oracle_record_bytes = 24;

/// libCacheSim's oracleGeneral: packed little-endian records of 24 bytes, u32 time in seconds, u64
/// object id, u32 size, i64 next access. Reads alone, without TTLs. The requests of a second are
/// spread over it, see SecondsSpread.
///
/// Source:  https://github.com/1a1a11a/libCacheSim (traceReader/customizedReader/oracle)
std::unique_ptr<Decoder> oracle_general_decoder(Intake& intake, std::uint64_t seed);

/// Whether the begin of a file can be such a trace: times that do not fall, and each next access
/// never (-1 or the largest number) or later in the trace.
bool looks_like_oracle_general(std::string_view begin);

}  // namespace rcache::trace
