#pragma once

#include <memory>

#include "trace/decoder.h"

namespace rcache::trace {

/// MONITOR's text: of `redis-cli monitor`, or straight from the wire.
///
/// Sources are numbered in the order in which they come. A script is logged twice, as EVAL by its
/// client and command by command by "lua": its commands count, as those of the client.
std::unique_ptr<Decoder> monitor_decoder(Intake& intake);

}  // namespace rcache::trace
