#pragma once

#include <memory>
#include <string_view>

#include "core/error.h"
#include "trace/decoder.h"
#include "trace/record_reader.h"

namespace rcache::trace {

/// The formats of traces that can be read.
enum class TraceFormat { monitor, record, csv, ndjson, twitter, oracle_general };

/// "monitor", "record", "csv", "ndjson", "twitter", "oracle-general".
std::string_view to_string(TraceFormat format);

/// Errors:  usage, listing the names.
Result<TraceFormat> parse_trace_format(std::string_view word);

/// How much of a trace detect_format() wants to see, if there is so much.
inline constexpr std::size_t k_begin_bytes = std::size_t{64} << 10U;

/// Tells the format by the begin of a trace.
///
/// Errors:  usage: what it looks like and what to do about it (compressed, empty), or that nothing
///          fits.
Result<TraceFormat> detect_format(std::string_view begin);

/// In:      `seed` for formats of whole seconds; `recording` gets what a recording says of itself.
std::unique_ptr<Decoder> make_decoder(TraceFormat format, Intake& intake, Recording& recording,
                                      std::uint64_t seed);

}  // namespace rcache::trace
