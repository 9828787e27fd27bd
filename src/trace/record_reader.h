#pragma once

#include <memory>
#include <optional>

#include "trace/decoder.h"
#include "trace/record_format.h"

namespace rcache::trace {

/// What a recording says of itself. Filled while it is read.
struct Recording {
  std::optional<RecordHeader> header;
  std::optional<RecordEnd> end;  ///< empty: it was cut off
};

/// The file of `rcache record`. A block that is damaged is counted as malformed and left out, and
/// the rest is read; a torn end is none.
std::unique_ptr<Decoder> record_decoder(Intake& intake, Recording& recording);

}  // namespace rcache::trace
