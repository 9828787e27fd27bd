#pragma once

#include <memory>

#include "trace/decoder.h"

namespace rcache::trace {

/// JSON lines with the names of our CSV: {"time_s":1.25,"op":"set","key":"a","ttl_s":60}. A key is
/// a string, or {"base64":"..."} as our JSON output writes what is not UTF-8. A field that is null
/// is as good as absent; fields of other names are left alone.
std::unique_ptr<Decoder> ndjson_decoder(Intake& intake);

}  // namespace rcache::trace
